import {crc32, deflateSync, inflateSync} from 'node:zlib'

/**
 * A screenshot with 256 colours at most, which is a fraction as large: pages have few colours, and many shades of them along their letters.
 * @param png as Chromium makes it: 8 bits a colour, RGB or RGBA, not interlaced (PNG, ISO/IEC 15948)
 */
export function smallerPng(png: Uint8Array): Uint8Array {
  const {width, height, channels, pixels} = decode(Buffer.from(png))
  const colours = new Map<number, number>()
  const keys = new Uint32Array(width * height)
  for (let at = 0; at < keys.length; at++) {
    const from = at * channels
    const key = ((pixels[from] ?? 0) << 16) | ((pixels[from + 1] ?? 0) << 8) | (pixels[from + 2] ?? 0)
    keys[at] = key
    colours.set(key, (colours.get(key) ?? 0) + 1)
  }
  const {palette, placeOf} = paletteOf(colours)
  const rows = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = placeOf(keys[y * width + x] ?? 0)
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 3, 0, 0, 0], 8)
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flatMap(partsOf))),
    chunk('IDAT', deflateSync(rows, {level: 9})),
    chunk('IEND', Buffer.alloc(0))
  ])
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

const partsOf = (key: number): number[] => [key >> 16, (key >> 8) & 255, key & 255]

/** Colours that are alike become the commonest of them: as few as needed, so that there are 256 at most. @param counts how often each is there */
function paletteOf(counts: ReadonlyMap<number, number>): {palette: number[]; placeOf: (key: number) => number} {
  const byCount = [...counts].sort((a, b) => b[1] - a[1])
  const grounds = new Set(byCount.slice(0, 64).map(([key]) => key))
  for (let bits = 8; ; bits--) {
    // The grounds and lines of a page stay as they are; what is alike are shades.
    const alike = (key: number): number =>
      grounds.has(key) ? -key - 1 : partsOf(key).reduce((sum, part) => (sum << bits) | (part >> (8 - bits)), 0)
    const commonest = new Map<number, number>()
    for (const [key] of byCount) if (!commonest.has(alike(key))) commonest.set(alike(key), key)
    if (commonest.size > 256) continue
    const places = new Map([...commonest.keys()].map((group, at) => [group, at]))
    return {palette: [...commonest.values()], placeOf: (key) => places.get(alike(key)) ?? 0}
  }
}

function decode(png: Buffer): {width: number; height: number; channels: number; pixels: Buffer} {
  const data: Buffer[] = []
  for (let at = SIGNATURE.length; at < png.length; at += png.readUInt32BE(at) + 12)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
  const channels = png[25] === 6 ? 4 : 3
  const raw = inflateSync(Buffer.concat(data))
  const stride = width * channels
  const pixels = Buffer.alloc(stride * height)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)] ?? 0
    for (let x = 0; x < stride; x++) {
      const to = y * stride + x
      const left = x < channels ? 0 : (pixels[to - channels] ?? 0)
      const up = y === 0 ? 0 : (pixels[to - stride] ?? 0)
      const corner = x < channels || y === 0 ? 0 : (pixels[to - stride - channels] ?? 0)
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0
      pixels[to] = (raw[y * (stride + 1) + 1 + x] ?? 0) + guess
    }
  }
  return {width, height, channels, pixels}
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}

function chunk(type: string, data: Buffer): Buffer {
  const made = Buffer.alloc(data.length + 12)
  made.writeUInt32BE(data.length, 0)
  made.write(type, 4, 'latin1')
  data.copy(made, 8)
  made.writeUInt32BE(crc32(made.subarray(4, data.length + 8)), data.length + 8)
  return made
}

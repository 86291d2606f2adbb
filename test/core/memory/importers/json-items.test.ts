import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type JsonItem, jsonItems, jsonLines} from '../../../../src/core/memory/importers/json-items.ts'

/** The text in pieces of so many bytes. */
async function* inPieces(text: string | Buffer, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function all(items: AsyncIterable<JsonItem>): Promise<JsonItem[]> {
  const found: JsonItem[] = []
  for await (const item of items) found.push(item)
  return found
}

const items = (text: string | Buffer, size = 7): Promise<JsonItem[]> => all(jsonItems(inPieces(text, size)))

describe('the items of a JSON array', () => {
  it('are found wherever the pieces of the stream end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue()),
        fc.integer({min: 1, max: 40}),
        fc.constantFrom(undefined, 1),
        async (values, size, indent) => {
          expect(await items(JSON.stringify(values, null, indent), size)).toEqual(
            values.map((value, index) => ({number: index + 1, value: JSON.parse(JSON.stringify(value))}))
          )
        }
      )
    )
  })

  it('are found in JSON values one after another, too', async () => {
    expect(await items('\ufeff {"a":[1,{"b":"}"}]}\n{"c":"\\"{"}', 1)).toEqual([
      {number: 1, value: {a: [1, {b: '}'}]}},
      {number: 2, value: {c: '"{'}}
    ])
  })

  it('are told one by one where they are broken, and the others are read', async () => {
    const [first, second, third, ...others] = await items('[{"a":1},{"b":nonsense},{"c":3},{"d":"torn')
    expect(first).toEqual({number: 1, value: {a: 1}})
    expect(second).toEqual({number: 2, reason: expect.stringContaining('it is not JSON')})
    expect(third).toEqual({number: 3, value: {c: 3}})
    expect(others).toEqual([{number: 4, reason: 'the text ends too early'}])
  })

  it('are told where they are no UTF-8', async () => {
    const text = Buffer.concat([Buffer.from('["'), Buffer.from([0xff]), Buffer.from('","b"]')])
    expect(await items(text)).toEqual([
      {number: 1, reason: 'it is not UTF-8 text'},
      {number: 2, value: 'b'}
    ])
  })

  it('may be none', async () => {
    expect(await items('')).toEqual([])
    expect(await items(' [ ] ')).toEqual([])
  })
})

describe('JSON lines', () => {
  it('are counted with the blank ones, and the last needs no end', async () => {
    expect(await all(jsonLines(inPieces('{"a":1}\r\n\n{"b":\n"ü"', 3), 100))).toEqual([
      {number: 1, value: {a: 1}},
      {number: 3, reason: expect.stringContaining('it is not JSON')},
      {number: 4, value: 'ü'}
    ])
  })

  it('that are too long are told and not kept', async () => {
    expect(await all(jsonLines(inPieces(`"${'x'.repeat(200)}"\n"b"\n`, 16), 100))).toEqual([
      {number: 1, reason: 'it has 202 bytes, 100 at most are read'},
      {number: 2, value: 'b'}
    ])
  })
})

import {connect} from 'node:net'

export interface RawAnswer {
  /** 0 where the connection was closed without an answer. */
  status: number
  /** Everything that came. */
  text: string
}

/**
 * Sends bytes as they are, which no client of HTTP would, and gives what came until the connection was closed, or a whole answer was
 * there.
 * @param hangUpMs when this end says that it sends no more; a server that waits for the rest of a request closes then
 */
export function sendRaw(
  url: string,
  bytes: string | Uint8Array,
  {hangUpMs = 5_000, patienceMs = 10_000} = {}
): Promise<RawAnswer> {
  const {hostname, port} = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    let text = ''
    const done = (): void => {
      clearTimeout(timer)
      clearTimeout(hangUp)
      socket.destroy()
      resolve({status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text})
    }
    const hangUp = setTimeout(() => socket.end(), hangUpMs)
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new Error(`No answer within ${patienceMs} ms to ${JSON.stringify(String(bytes).slice(0, 300))}: ${text}`))
    }, patienceMs)
    socket.setEncoding('utf8')
    socket.on('data', (chunk) => {
      text += String(chunk)
      if (isWhole(text)) done()
    })
    socket.on('close', done)
    socket.on('error', () => {
      // Reset by the other end: what came until then is the answer.
    })
    socket.write(bytes)
  })
}

function isWhole(text: string): boolean {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const length = /content-length: (\d+)/i.exec(head)?.[1]
  return length !== undefined && rest.length > 0 && Buffer.byteLength(rest.join('\r\n\r\n')) >= Number(length)
}

import {conflict, errno, MhError} from '../errors.ts'

/**
 * Turns what the driver or the server says into one sentence. Errors of other kinds, and those of mh, are given back as they are.
 * @param address without a password
 */
export function storeError(error: unknown, address: string): unknown {
  if (error instanceof MhError || !(error instanceof Error)) return error
  const code = errno(error) ?? ''
  if (isUnreachable(error))
    return failure('STORE_UNREACHABLE', `The store at ${address} cannot be reached: ${reasonOf(error, code)}`, {
      hint: 'Start the server, or mend the address (MH_STORE, or store.url of config.json). Nothing was acknowledged that is not kept',
      cause: error
    })
  // The driver's own words for a password that it has not, or a server that does not know it.
  const known = /^SASL/.test(error.message) ? KNOWN['28'] : (KNOWN[code] ?? KNOWN[code.slice(0, 2)])
  if (known === undefined) return error
  if (known.code === 'LOCKED') return conflict('LOCKED', `Another process has been writing for a minute`, known.hint)
  return failure(known.code, `The store at ${address} ${known.says}`, {hint: known.hint, cause: error})
}

/** Does something over a connection. @throws what `storeError` makes of what it throws */
export async function asStoreError<T>(address: string, fn: () => Promise<T>): Promise<T> {
  try {
    return await fn()
  } catch (error) {
    throw storeError(error, address)
  }
}

/** Whether the connection is the matter, and not what was asked over it. */
export function isUnreachable(error: Error): boolean {
  const code = errno(error) ?? ''
  return (
    /^(?:ECONN|EPIPE|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENET|ENOENT)/.test(code) ||
    /^(?:08|57P)/.test(code) ||
    TLS_FAILED.test(code) ||
    /^(?:Connection terminated|timeout e\w+|Client has encountered a connection error|The server does not support SSL)/.test(
      error.message
    )
  )
}

/** A certificate that is not trusted, or of another host; and a server that speaks no TLS. */
const TLS_FAILED = /CERT|^UNABLE_TO_|^ERR_(?:TLS|SSL)_|^EPROTO$/

interface Known {
  code: string
  says: string
  hint: string
}

/** By SQLSTATE, or its class: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const KNOWN: Record<string, Known> = {
  '28': {
    code: 'STORE_DENIED',
    says: 'refused the name or the password',
    hint: 'Mend the address (MH_STORE, or store.url of config.json); passwords can also stand in PGPASSWORD or ~/.pgpass'
  },
  '3D000': {
    code: 'STORE_DENIED',
    says: 'has no database of that name',
    hint: 'Create it (createdb), then: mh store upgrade'
  },
  '22023': {code: 'STORE_NOT_READY', says: 'is not prepared', hint: 'mh store upgrade prepares it'},
  '42501': {
    code: 'STORE_DENIED',
    says: 'refused: the role of the address may not do that',
    hint: 'mh store upgrade --grant <role> lets it, run by the owner of the database'
  },
  '42P01': {code: 'STORE_NOT_READY', says: 'is not prepared', hint: 'mh store upgrade prepares it'},
  '3F000': {code: 'STORE_NOT_READY', says: 'is not prepared', hint: 'mh store upgrade prepares it'},
  '53100': {code: 'STORE_FULL', says: 'is full: nothing was kept', hint: 'Make room on the disk of the server'},
  '53300': {
    code: 'STORE_BUSY',
    says: 'takes no more connections',
    hint: 'Raise max_connections, or put a pooler before it'
  },
  '53': {code: 'STORE_BUSY', says: 'has no room for this work', hint: 'Look into the log of the server'},
  '54': {code: 'STORE_BUSY', says: 'cannot take a record of that size', hint: 'Split what is to be kept'},
  '25006': {
    code: 'STORE_READ_ONLY',
    says: 'is read-only: nothing was kept',
    hint: 'Name the server that takes writes, not a standby'
  },
  '55P03': {code: 'LOCKED', says: '', hint: 'Try again when it has finished'},
  '58': {code: 'STORE_FULL', says: 'cannot use its disk', hint: 'Look into the log of the server'}
}

function reasonOf(error: Error, code: string): string {
  if (code === 'ECONNREFUSED') return 'nobody listens there'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'there is no host of that name'
  if (code === 'ENOENT') return 'there is no such socket'
  if (TLS_FAILED.test(code)) return `its certificate is not trusted (${code})`
  if (error.message.includes('SSL')) return 'it does not encrypt, and sslmode asks for that'
  if (code === '57P03') return 'the server is starting or stopping'
  if (code.startsWith('57P')) return 'the server ended the connection'
  return /timeout/.test(error.message) ? 'it does not answer' : 'the connection was lost'
}

const failure = (code: string, message: string, options: {hint: string; cause: Error}): MhError =>
  new MhError(code, message, {...options, exitCode: 1, httpStatus: 503})

/** What every error that a person may see carries: a stable code, what happened, and what to do about it. */
export interface MhErrorOptions {
  /** What the person can do next, in one sentence. */
  hint?: string
  /** Exit status of the process: 1 failed, 2 wrong usage, 3 not found, 4 not allowed, 5 conflict, 6 engine unreachable. */
  exitCode?: number
  httpStatus?: number
  cause?: unknown
}

/** The base of all errors that mh raises on purpose. `message` says what happened, with the value that caused it. */
export class MhError extends Error {
  readonly code: string
  readonly hint: string | undefined
  readonly exitCode: number
  readonly httpStatus: number

  constructor(code: string, message: string, options: MhErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : {cause: options.cause})
    this.name = 'MhError'
    this.code = code
    this.hint = options.hint
    this.exitCode = options.exitCode ?? 1
    this.httpStatus = options.httpStatus ?? 500
  }
}

/** Wrong words on the command line or in a request: exit 2, HTTP 422. */
export const usageError = (code: string, message: string, hint?: string): MhError =>
  new MhError(code, message, {exitCode: 2, httpStatus: 422, ...(hint === undefined ? {} : {hint})})

/** Something that was asked for by name or id is not there: exit 3, HTTP 404. */
export const notFound = (code: string, message: string, hint?: string): MhError =>
  new MhError(code, message, {exitCode: 3, httpStatus: 404, ...(hint === undefined ? {} : {hint})})

/** A refusal by role or mode: exit 4, HTTP 403. */
export const notAllowed = (code: string, message: string, hint?: string): MhError =>
  new MhError(code, message, {exitCode: 4, httpStatus: 403, ...(hint === undefined ? {} : {hint})})

/** Something else has changed or holds the thing: exit 5, HTTP 409. */
export const conflict = (code: string, message: string, hint?: string): MhError =>
  new MhError(code, message, {exitCode: 5, httpStatus: 409, ...(hint === undefined ? {} : {hint})})

/** User data was asked for outside any user context. A bug in the caller, never a person's mistake. */
export class NoUserContextError extends MhError {
  constructor(what: string) {
    super('NO_USER_CONTEXT', `${what} was asked for outside a user context`, {exitCode: 1, httpStatus: 401})
    this.name = 'NoUserContextError'
  }
}

/** User data was asked for by somebody who may not have it, such as an anonymous request. */
export class AccessDeniedError extends MhError {
  constructor(message: string, hint?: string) {
    super('ACCESS_DENIED', message, {exitCode: 4, httpStatus: 403, ...(hint === undefined ? {} : {hint})})
    this.name = 'AccessDeniedError'
  }
}

/** The errno code of a failed system call ("ENOENT"), or undefined where the error is of another kind. */
export const errno = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

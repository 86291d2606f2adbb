import {MhError} from '../core/errors.ts'
import {withoutPlaces} from '../core/places.ts'
import {TooManyAttempts} from '../core/users/attempts.ts'

/** What went wrong, as a request is told. */
export interface Problem {
  status: number
  code: string
  message: string
  hint?: string
  /** Seconds, with 429. */
  retryAfter?: number
}

/** What a person is told of an error; nothing of a mistake in this program but that there was one. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof MhError))
    return {
      status: 500,
      code: 'INTERNAL_ERROR',
      message: 'Something went wrong in the server',
      hint: 'The terminal that it runs in tells more'
    }
  const {code, message, hint, httpStatus} = error
  return {
    status: STATUS_OF[code] ?? httpStatus,
    code,
    message: withoutPlaces(message),
    ...(hint === undefined ? {} : {hint: withoutPlaces(hint)}),
    ...(error instanceof TooManyAttempts ? {retryAfter: error.retryAfter} : {})
  }
}

/** Errors that the command line tells as wrong words, and HTTP has a status of its own for. */
const STATUS_OF: Record<string, number> = {INPUT_TOO_LARGE: 413, USER_NOT_FOUND: 404}

const httpError =
  (status: number, code: string) =>
  (message: string, hint?: string): MhError =>
    new MhError(code, message, {httpStatus: status, exitCode: 2, ...(hint === undefined ? {} : {hint})})

export const badRequest = httpError(400, 'BAD_REQUEST')
export const invalid = httpError(422, 'INVALID_REQUEST')
export const tooLarge = httpError(413, 'BODY_TOO_LARGE')
export const wrongType = httpError(415, 'WRONG_CONTENT_TYPE')
export const noRoute = httpError(404, 'NOT_FOUND')
export const wrongMethod = httpError(405, 'METHOD_NOT_ALLOWED')
export const foreignHost = httpError(421, 'FOREIGN_HOST')

export const foreignOrigin = (message: string): MhError =>
  new MhError('FOREIGN_ORIGIN', message, {httpStatus: 403, exitCode: 2, hint: 'Open mh itself, and do it there'})

export const notSignedIn = (): MhError =>
  new MhError('NOT_SIGNED_IN', 'You are not signed in', {
    httpStatus: 401,
    exitCode: 2,
    hint: 'Sign in, or send a token: Authorization: Bearer mh_…'
  })

import {conflict, MhError} from '../../errors.ts'

/** Somebody is at the target already, and is not the same. */
export const differs = (username: string, to: string, path: string): MhError =>
  conflict(
    'COPY_DIFFERS',
    `${username} is at ${to} already, and differs in ${path}`,
    'One of the two was used since. Nothing was changed: copy to another place, or delete that person there'
  )

/** What was read back is not what was copied. */
export const notVerified = (username: string, to: string, path: string): MhError =>
  new MhError('COPY_NOT_VERIFIED', `What ${to} gives back of ${username} is not what was copied: ${path}`, {
    hint: 'Nothing was changed at the source; do not switch to the copy'
  })

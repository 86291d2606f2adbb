import {usageError} from '../errors.ts'

const LONGEST_NAME = 100
const LONGEST_EMAIL = 254

/**
 * Checks what people tell about themselves; an empty value takes it away.
 * @throws MhError INVALID_DISPLAY_NAME, INVALID_EMAIL (exit 2)
 */
export function checkDetails({
  displayName,
  email
}: {
  displayName?: string | undefined
  email?: string | undefined
}): void {
  if (displayName !== undefined && (displayName.length > LONGEST_NAME || /\p{Cc}/u.test(displayName)))
    throw usageError(
      'INVALID_DISPLAY_NAME',
      `The name ${JSON.stringify(displayName.slice(0, LONGEST_NAME))} cannot be shown`,
      `Use one line of at most ${LONGEST_NAME} characters`
    )
  // Whether an address is real only a message to it can tell; this catches what is none at all.
  if (
    email !== undefined &&
    email !== '' &&
    (email.length > LONGEST_EMAIL || !/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(email))
  )
    throw usageError(
      'INVALID_EMAIL',
      `${JSON.stringify(email.slice(0, LONGEST_EMAIL))} is no e-mail address`,
      'Use name@example.org'
    )
}

/**
 * A file of a profile that goes to another account: in records of memories and tasks `userId` becomes the new one's, and every
 * other byte stays.
 * @param path below the profile, with "/"
 */
export function withUserId(path: string, bytes: Buffer, from: string, to: string): Buffer {
  if (!RECORD.test(path)) return bytes
  const text = bytes.toString('utf8')
  // Inside a text every quotation mark has a backslash before it, so that only keys are found.
  const changed = text.replaceAll(new RegExp(`("userId"\\s*:\\s*)"${from}"`, 'g'), `$1"${to}"`)
  // A file that is no UTF-8 would not come out as it was.
  return changed === text || !Buffer.from(text).equals(bytes) ? bytes : Buffer.from(changed)
}

/** The inbox holds what people brought, which is nobody's record. */
const RECORD = /^memory\/(?!inbox\/).+\.json$/

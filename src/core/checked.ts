import type {ZodType} from 'zod'
import {unreadable} from './files.ts'

/**
 * What a file says by its schema.
 * @param place where it was read, for people
 * @throws MhError UNREADABLE_FILE (exit 1) with the key that is wrong. The file stays as it is
 */
export function checked<T>(schema: ZodType<T>, value: unknown, place: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw unreadable(place, `${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'it does not fit'}`)
}

import {z} from 'zod/mini'
import english from 'zod/v4/locales/en.js'
import {usageError} from '../errors.ts'
import {parseShallow} from '../json.ts'
import type {NewMemory} from './memories.ts'

z.config(english())

const Link = z.looseObject({type: z.string(), target: z.string()})

/** A line of `capture --batch`: the record as it is given. Keys that are not listed are refused rather than lost. */
const BatchLine = z.strictObject({
  content: z.string(),
  timestamp: z.optional(
    z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text)), 'is no time in ISO 8601'))
  ),
  at: z.optional(z.string()),
  type: z.optional(z.string().check(z.minLength(1))),
  tags: z.optional(z.array(z.string())),
  importance: z.optional(z.number().check(z.gte(0), z.lte(1))),
  response: z.optional(z.string()),
  entities: z.optional(z.array(z.string())),
  links: z.optional(z.array(Link)),
  metadata: z.optional(z.record(z.string(), z.unknown())),
  // A record as mh shows it may be given back; these say where it was, not what it is.
  userId: z.optional(z.unknown()),
  path: z.optional(z.unknown()),
  version: z.optional(z.unknown()),
  id: z.optional(
    z.string().check(z.regex(/^(?!.*\.\.)[\w.:-]{1,128}$/, 'may have letters, digits, "_", ".", ":" and "-" only'))
  )
})

export type BatchLine = NewMemory & {id?: string; at?: string}

/** @throws MhError INVALID_LINE that names the key and what is wrong with it */
export function batchLine(text: string): BatchLine {
  let value: unknown
  try {
    value = parseShallow(text)
  } catch (error) {
    throw usageError('INVALID_LINE', `it begins with { and is not JSON: ${(error as Error).message}`)
  }
  const parsed = BatchLine.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw usageError('INVALID_LINE', `${issue?.path.join('.') || 'the record'}: ${issue?.message ?? 'is wrong'}`)
  }
  const {timestamp, userId: _userId, path: _path, version: _version, ...line} = parsed.data
  return withoutUndefined({
    ...line,
    timestamp: timestamp === undefined ? undefined : new Date(timestamp).toISOString()
  }) as BatchLine
}

const withoutUndefined = <T extends object>(value: T): Partial<T> =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Partial<T>

import * as z from 'zod'
import {usageError} from '../errors.ts'
import {type JsonObject, parseShallow} from '../json.ts'
import {alternatives, nearest} from '../nearest.ts'
import {personaCore} from './core.ts'
import type {PersonaPart} from './documents.ts'

/** How far a model's tools may go by themselves, the least first. */
export const TRUST_LEVELS = ['observe', 'suggest', 'supervised_auto', 'bounded_auto'] as const
export type TrustLevel = (typeof TRUST_LEVELS)[number]

/** A person in persona/relationships.json. */
const relationships = z.looseObject({
  people: z
    .array(z.looseObject({name: z.string(), relation: z.string().optional(), notes: z.string().optional()}))
    .optional()
})

const habits = z.array(z.union([z.string(), z.looseObject({})])).optional()
const routines = z.looseObject({daily: habits, weekly: habits, monthly: habits})

const decisionRules = z.looseObject({
  trustLevel: z.enum(TRUST_LEVELS).optional(),
  rules: z.array(z.looseObject({name: z.string().optional(), when: z.string().optional()})).optional()
})

const SCHEMAS: Record<PersonaPart, z.ZodType> = {
  core: personaCore,
  relationships,
  routines,
  'decision-rules': decisionRules
}

/** What a part has wrong, for people; undefined where it is right. */
export function wrongIn(part: PersonaPart, value: unknown): string | undefined {
  const result = SCHEMAS[part].safeParse(value)
  const issue = result.error?.issues[0]
  if (issue !== undefined) return `${issue.path.join('.') || 'the whole'}: ${reasonOf(issue)}`
  const [name, share] = part === 'core' ? (Object.entries(traitsOf(value)).find(([, one]) => isNoShare(one)) ?? []) : []
  return name === undefined ? undefined : `personality.traits.${name}: ${share} is not between 0 and 1`
}

/** The part and the keys that a dotted path names: "identity.role" is in the core, "routines.daily" in the routines. */
export function placeOf(path: string): {part: PersonaPart; keys: string[]} {
  const keys = path.split('.')
  const [first = ''] = keys
  const part = first === 'decisionRules' ? 'decision-rules' : first
  if (keys.some((key) => key === '' || key === '__proto__')) throw invalidPath(path)
  if (part === 'core' || part === 'relationships' || part === 'routines' || part === 'decision-rules')
    return {part, keys: keys.slice(1)}
  return {part: 'core', keys}
}

/**
 * A copy of a part with one value set. The text is taken as JSON where the place takes that, else as it is; where a list of
 * texts is wanted, commas part it.
 * @throws MhError INVALID_PATH, INVALID_VALUE (exit 2)
 */
export function withValue(part: PersonaPart, document: JsonObject, keys: readonly string[], text: string): JsonObject {
  const path = keys.join('.')
  if (keys.length === 0) throw invalidPath(path)
  checkPath(SCHEMAS[part], document, keys)
  let reason = 'it does not fit'
  for (const candidate of candidatesOf(text, keys)) {
    const changed = put(document, keys, candidate, path) as JsonObject
    const wrong = wrongIn(part, changed)
    if (wrong === undefined) return changed
    reason = wrong
  }
  throw usageError(
    'INVALID_VALUE',
    `${JSON.stringify(text)} cannot stand at ${path}: ${reason}`,
    'mh persona show tells what is there'
  )
}

const LISTS =
  /^(?:identity\.aliases|personality\.(?:communicationStyle\.(?:tone|humor)|archetypes|aesthetic)|values\.boundaries)$/

function candidatesOf(text: string, keys: readonly string[]): unknown[] {
  const list = LISTS.test(keys.join('.')) ? [text.split(',').map((one) => one.trim())] : []
  try {
    const json = parseShallow(text)
    // A share that is too large must not become a text.
    return typeof json === 'number' && keys.includes('traits') ? [json] : [json, ...list, text]
  } catch {
    return [...list, text]
  }
}

/** Walks along the schema as far as it knows the keys; a key that neither it nor the document has is a mistake in typing. */
function checkPath(schema: z.ZodType, document: unknown, keys: readonly string[]): void {
  let known: z.ZodType | undefined = schema
  let value = document
  for (const [index, key] of keys.entries()) {
    known = known === undefined ? undefined : bare(known)
    const there = typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    if (known instanceof z.ZodObject) {
      const names = Object.keys(known.shape)
      if (names.length > 0 && !names.includes(key) && !there)
        throw invalidPath(keys.slice(0, index + 1).join('.'), key, names)
      known = known.shape[key] as z.ZodType | undefined
    } else if (known instanceof z.ZodArray) known = known.element as z.ZodType
    else known = undefined
    value = there ? (value as JsonObject)[key] : undefined
  }
}

function bare(schema: z.ZodType): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional) return bare(schema.unwrap() as z.ZodType)
  return schema instanceof z.ZodUnion ? bare(schema.options[0] as z.ZodType) : schema
}

function put(value: unknown, [key = '', ...rest]: readonly string[], wanted: unknown, path: string): unknown {
  if (Array.isArray(value)) {
    const at = Number(key)
    if (!Number.isInteger(at) || at < 0 || at > value.length)
      throw usageError(
        'INVALID_PATH',
        `${JSON.stringify(key)} in ${path} is no place in a list of ${value.length}`,
        `Use 0 to ${value.length}`
      )
    const copy: unknown[] = [...value]
    copy[at] = rest.length === 0 ? wanted : put(copy[at], rest, wanted, path)
    return copy
  }
  const object = typeof value === 'object' && value !== null ? (value as JsonObject) : {}
  return {
    ...object,
    [key]: rest.length === 0 ? wanted : put(object[key] ?? (/^0$/.test(rest[0] ?? '') ? [] : {}), rest, wanted, path)
  }
}

function invalidPath(path: string, key = path, names: readonly string[] = []): Error {
  const near = nearest(key, names)
  return usageError(
    'INVALID_PATH',
    `A persona has no ${JSON.stringify(path)}`,
    near.length > 0
      ? `Did you mean ${alternatives(near)}?`
      : names.length > 0
        ? `There are ${names.join(', ')}`
        : 'Name it as identity.role'
  )
}

const traitsOf = (value: unknown): JsonObject =>
  (value as {personality?: {traits?: JsonObject}}).personality?.traits ?? {}

const isNoShare = (value: unknown): boolean => typeof value === 'number' && !(value >= 0 && value <= 1)

function reasonOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union') return issue.errors[0]?.[0]?.message ?? issue.message
  return issue.message
}

import {usageError} from '../../core/errors.ts'
import {isObject, type JsonObject, objectOf} from '../../core/json.ts'
import {type FormFields, listIn} from './form.ts'

/** The Big Five. */
export const TRAITS = ['openness', 'conscientiousness', 'extraversion', 'agreeableness', 'neuroticism'] as const

/** The part of a persona's core that the form shows, as a person types it. */
export function fieldsOfCore(core: JsonObject): FormFields {
  const {identity, personality, values} = partsOf(core)
  const {communicationStyle: style, traits} = {
    communicationStyle: objectOf(personality.communicationStyle),
    traits: objectOf(personality.traits)
  }
  const valueLines = Array.isArray(values.core) ? values.core.filter(isObject) : []
  return {
    name: textOf(identity.name),
    role: textOf(identity.role),
    purpose: textOf(identity.purpose),
    tone: listOf(style.tone).join(', '),
    humor: listOf(style.humor).join(', '),
    formality: textOf(style.formality),
    verbosity: textOf(style.verbosity),
    ...Object.fromEntries(TRAITS.map((trait) => [trait, textOf(traits[trait])])),
    values: valueLines
      .map(({value, description}) => [textOf(value), textOf(description)].filter((one) => one !== '').join(': '))
      .join('\n'),
    boundaries: listOf(values.boundaries).join('\n')
  }
}

/**
 * The core with what the form says. What the form did not change, and everything that it does not show, stays as it is written.
 * @throws MhError INVALID_VALUE (422)
 */
export function changedCore(core: JsonObject, fields: FormFields): JsonObject {
  const before = fieldsOfCore(core)
  const {identity, personality, values} = partsOf(core)
  const style = {...objectOf(personality.communicationStyle)}
  const traits = {...objectOf(personality.traits)}
  const changed = (name: string): string | undefined => {
    const value = fields[name]?.replaceAll('\r\n', '\n').trim()
    return value === undefined || value === before[name] ? undefined : value
  }
  const set = (target: JsonObject, name: string, read: (text: string) => unknown = (text) => text): void => {
    const value = changed(name)
    if (value !== undefined) target[name] = read(value)
  }
  for (const name of ['name', 'role', 'purpose']) set(identity, name)
  set(style, 'tone', listIn)
  for (const name of ['humor', 'formality', 'verbosity']) set(style, name)
  for (const trait of TRAITS) {
    const value = changed(trait)
    if (value === '') delete traits[trait]
    else if (value !== undefined) traits[trait] = shareIn(trait, value)
  }
  const valueLines = changed('values')
  if (valueLines !== undefined) values.core = valuesIn(valueLines, values.core)
  const boundaries = changed('boundaries')
  if (boundaries !== undefined) values.boundaries = linesIn(boundaries)
  return {...core, identity, personality: {...personality, communicationStyle: style, traits}, values}
}

/** What a value's line does not say (such as its priority) stays with the value of that name. */
function valuesIn(text: string, before: unknown): JsonObject[] {
  const known = new Map((Array.isArray(before) ? before.filter(isObject) : []).map((one) => [textOf(one.value), one]))
  return linesIn(text).map((line, at) => {
    const [, value = line, description = ''] = /^([^:]*):\s*(.*)$/.exec(line) ?? []
    return {priority: at + 1, ...known.get(value.trim()), value: value.trim(), description}
  })
}

function shareIn(name: string, text: string): number {
  const share = Number(text.replace(',', '.'))
  if (text !== '' && share >= 0 && share <= 1) return share
  throw usageError('INVALID_VALUE', `${JSON.stringify(text)} cannot be the ${name}`, 'Use a number from 0 to 1')
}

const partsOf = (core: JsonObject): {identity: JsonObject; personality: JsonObject; values: JsonObject} => ({
  identity: {...objectOf(core.identity)},
  personality: {...objectOf(core.personality)},
  values: {...objectOf(core.values)}
})

const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
const listOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(textOf) : value === undefined ? [] : [textOf(value)]
const linesIn = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

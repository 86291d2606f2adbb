import {isObject, jsonProblem} from '../json.ts'
import {isChatGpt} from '../memory/importers/chatgpt.ts'
import {isClaude} from '../memory/importers/claude.ts'
import type {DocumentPart} from './read-item.ts'

/** Below this depth of nesting nothing was written by a person. */
const DEEPEST = 100

/** @throws Error with the reason where it is none, or one that something else reads */
export function readJson(text: string): DocumentPart[] {
  const value = parse(text, '')
  const items = Array.isArray(value) ? value : [value]
  if (items.some((item) => isChatGpt(item) || isClaude(item)))
    throw new Error('it holds conversations with another assistant: mh memory import reads those')
  return items.flatMap(partsOf)
}

/** JSON lines. @throws Error with the line that is none */
export const readJsonLines = (text: string): DocumentPart[] =>
  text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : partsOf(parse(line, `line ${index + 1}: `))))

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`it is not JSON: ${place}${jsonProblem(text)}`)
  }
}

/** A record that has a text of its own keeps its time, type and tags; of anything else every value stands on a line with its name. */
function partsOf(item: unknown): DocumentPart[] {
  if (isObject(item) && typeof item.content === 'string') {
    const {content, timestamp, at, type, tags} = item
    const when = [timestamp, at].find((time) => typeof time === 'string' && !Number.isNaN(Date.parse(time)))
    return [
      {
        paragraphs: [{text: content}],
        ...(typeof when === 'string' ? {timestamp: new Date(when).toISOString()} : {}),
        ...(typeof type === 'string' && type.trim() !== '' ? {type} : {}),
        ...(Array.isArray(tags) ? {tags: tags.filter((tag) => typeof tag === 'string' && tag.trim() !== '')} : {})
      }
    ]
  }
  const text = linesOf(item, '', 0).join('\n')
  return text === '' ? [] : [{paragraphs: [{text}]}]
}

function linesOf(value: unknown, name: string, depth: number): string[] {
  if (depth > DEEPEST) throw new Error('it is nested too deeply')
  if (value === null || value === '') return []
  if (typeof value !== 'object') return [name === '' ? String(value) : `${name}: ${value}`]
  if (Array.isArray(value)) {
    const flat = value.every((item) => typeof item !== 'object')
    if (flat) return value.length === 0 ? [] : linesOf(value.join(', '), name, depth)
    return value.flatMap((item) => linesOf(item, name, depth + 1))
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    linesOf(inner, name === '' ? key : `${name}.${key}`, depth + 1)
  )
}

import {type SearchAnswer, searchMemories} from '../memory/memories.ts'
import {makerOf} from '../memory/provenance.ts'
import {tokenize} from '../memory/text/tokenize.ts'
import type {Engine, GivenMemory} from '../models/engine.ts'
import {RECALL} from '../models/resolve.ts'
import {readSettings} from '../settings.ts'
import {onlyAsks} from './asking.ts'
import type {Privacy} from './privacy.ts'

/** A memory that was found and not given to the engine. */
export interface HeldBack {
  id: string
  reason: string
}

/** A memory for the engine, and whether it must not leave this machine. */
export type FoundMemory = GivenMemory & {private: boolean}

/** So much of a message is searched for; what a person pastes behind a question can be long. */
const LONGEST_QUERY = 2000

/**
 * The memories that an engine is given for a message, best first, at most `limit`.
 *
 * Left out are turns of the session at hand, double texts, and whatever would make mh quote itself: what recall answered, and
 * questions that were asked before. A private memory is held back from an engine that is not on this machine.
 */
export async function memoriesFor(
  message: string,
  engine: Engine,
  limit: number,
  {privacy, excludeSession}: {privacy: Privacy; excludeSession?: string}
): Promise<{memories: FoundMemory[]; heldBack: HeldBack[]}> {
  if (limit < 1) return {memories: [], heldBack: []}
  // More than are given, since some will be left out.
  const {results} = await searchMemories(message.slice(0, LONGEST_QUERY), {
    limit: limit * 3 + 10,
    ...(excludeSession === undefined ? {} : {excludeSession})
  })
  const telling = withoutDoubles(results.filter((result) => !onlyEchoes(result, message, engine)))
  const fitting = engine.name === RECALL ? worthQuoting(telling, message) : telling
  const memories: FoundMemory[] = []
  const heldBack: HeldBack[] = []
  for (const result of fitting) {
    if (memories.length === limit) break
    const reason = await privacy.reasonFor(result)
    if (reason === undefined || engine.mayHavePrivate) memories.push({...given(result), private: reason !== undefined})
    else heldBack.push({id: result.id, reason: `${reason}, and ${engine.name} is not on this machine`})
  }
  return {memories, heldBack}
}

type Result = SearchAnswer['results'][number]

/**
 * A turn that only asks is no answer; recall would soon quote the person's own questions, and its own quotes of them. Two or three
 * bare words said to recall ("grace harbour") were a search.
 */
function onlyEchoes({type, content, metadata}: Result, message: string, engine: Engine): boolean {
  // What an agent wove of quotes alone is found where it is quoted from.
  if (metadata.engine === RECALL && makerOf({metadata}) !== undefined) return true
  if (type !== 'conversation' || (engine.name !== RECALL && metadata.engine !== RECALL)) return false
  const text = plain(content)
  return (
    onlyAsks(content) ||
    text === plain(message) ||
    (metadata.engine === RECALL && text.split(' ').length < 4 && !/[.!]\s*$/.test(content))
  )
}

/**
 * A search brings up what was noted around a hit too, which helps a model and puzzles whoever reads quotes. So recall quotes what
 * shares a word with the question, where anything does, and nothing that scores below half of the best: over LoCoMo's dialogues
 * that leaves out one quote in five and loses under 1 % of the evidence.
 */
function worthQuoting(results: readonly Result[], message: string): Result[] {
  const {language} = readSettings()
  const wanted = new Set(tokenize(message, language))
  const shares = ({content, response = ''}: Result): boolean =>
    tokenize(`${content} ${response}`, language).some((term) => wanted.has(term))
  const sharing = results.filter(shares)
  const enough = (results[0]?.score ?? 0) / 2
  return (sharing.length > 0 ? sharing : results).filter(({score}) => score >= enough)
}

function withoutDoubles(results: readonly Result[]): Result[] {
  const seen = new Set<string>()
  return results.filter(({content}) => {
    // Text of signs alone (emoji) has no plain form.
    const text = plain(content) || content
    return !seen.has(text) && seen.add(text)
  })
}

const given = ({id, timestamp, type, content, response, metadata}: Result): GivenMemory => ({
  id,
  timestamp,
  type,
  content,
  ...(response === undefined || metadata.engine === RECALL ? {} : {response})
})

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

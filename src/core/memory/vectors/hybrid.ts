import {MhError, usageError} from '../../errors.ts'
import {type Engine, openEngine} from '../../models/engine.ts'
import {notify} from '../../notices.ts'
import type {FoundMemory, MemoryStore, SearchRequest} from '../store.ts'
import {embedMissing, vectorModel} from './embed.ts'
import {embeddingModel} from './model.ts'

/** How deep both lists are read before they are joined. */
const DEPTH = 100
/** Reciprocal rank fusion: 1 / (k + rank), k = 60 (Cormack, Clarke and Büttcher, SIGIR 2009). */
const K = 60
/** Memories that a search gives vectors to before it answers; `mh memory reindex` does all of them. */
const EMBEDDED_FIRST = 256

export interface MeaningRequest extends SearchRequest {
  mode: 'semantic' | 'hybrid'
  /** True where the person asked for this mode: then what fails is an error, and not a note. */
  asked: boolean
}

/**
 * The memories that answer best by what they mean (semantic), or by words and meaning both (hybrid: the two lists fused by rank).
 * @throws MhError NO_EMBEDDING_MODEL (exit 2), VECTORS_UNAVAILABLE (exit 1), and as Engine.embed (exit 6), where the mode was asked for.
 * Where it is only the default, a notice says why, and the answer is by words alone.
 */
export async function searchByMeaning(
  store: MemoryStore,
  question: string,
  request: MeaningRequest
): Promise<FoundMemory[]> {
  if (embeddingModel() === undefined) throw noModel(request.mode)
  let near: FoundMemory[]
  try {
    near = await nearest(store, question, request)
  } catch (error) {
    if (request.asked || !(error instanceof MhError)) throw error
    notify({code: 'WORDS_ONLY', message: `Searched by words alone: ${error.message}`})
    return store.search(question, request)
  }
  if (request.mode === 'semantic') return near.slice(0, request.limit).map(told('semantic'))
  const found = await store.search(question, {...request, limit: Math.max(DEPTH, request.limit)})
  return fuse(found.map(told('lexical')), near.map(told('semantic'))).slice(0, request.limit)
}

async function nearest(store: MemoryStore, question: string, request: MeaningRequest): Promise<FoundMemory[]> {
  const {engine} = await openEngine({role: 'embedding'}, {agent: 'search'})
  const {vectors} = await engine.embed([question])
  await embedSome(store, engine)
  const {filter, limit, excludeSession} = request
  return store.nearest({
    model: vectorModel(engine),
    vector: Float32Array.from(vectors[0] ?? []),
    limit: Math.max(DEPTH, limit),
    filter,
    ...(excludeSession === undefined ? {} : {excludeSession})
  })
}

async function embedSome(store: MemoryStore, engine: Engine): Promise<void> {
  const {missing} = await embedMissing(store, engine, {limit: EMBEDDED_FIRST})
  if (missing > 0)
    notify({
      code: 'VECTORS_MISSING',
      message: `${missing} memories have no vector yet and are found by their words alone; mh memory reindex gives them one`
    })
}

type Ranks = NonNullable<FoundMemory['ranks']>

/** A memory with its place in the list. */
const told =
  (list: keyof Ranks) =>
  (memory: FoundMemory, i: number): FoundMemory => ({...memory, ranks: {[list]: {rank: i + 1, score: memory.score}}})

function fuse(words: readonly FoundMemory[], meanings: readonly FoundMemory[]): FoundMemory[] {
  const fused = new Map<string, FoundMemory>()
  for (const found of [...words, ...meanings]) {
    const {id} = found.event
    const known = fused.get(id)
    const ranks = {...known?.ranks, ...found.ranks}
    fused.set(id, {...(known ?? found), ranks, score: scoreOf(ranks)})
  }
  return [...fused.values()].sort((a, b) => b.score - a.score || (a.event.id < b.event.id ? -1 : 1))
}

const scoreOf = (ranks: Ranks): number =>
  Object.values(ranks).reduce((sum, place) => sum + (place === undefined ? 0 : 1 / (K + place.rank)), 0)

const noModel = (mode: string): MhError =>
  usageError(
    'NO_EMBEDDING_MODEL',
    `--mode ${mode} needs an embedding model, and none is set`,
    'mh model use ollama:nomic-embed-text --role embedding'
  )

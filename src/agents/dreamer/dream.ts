import type {EpisodicEvent} from '../../core/memory/event.ts'
import {learningsStore} from '../../core/memory/learnings.ts'
import type {Engine} from '../../core/models/engine.ts'
import {RECALL} from '../../core/models/resolve.ts'
import {localTime} from '../../core/time.ts'
import type {AgentContext} from '../agent.ts'
import {atMostWords, sharedLabels} from '../thoughts.ts'
import {dreamOfModel} from './dream-of-model.ts'
import {dreamOfRecall} from './dream-of-recall.ts'

const MOST_WORDS = 200

/** What a night told of the person; each with the memories that it is read from. */
export interface Dreamt {
  dream: string
  learned: Record<Kind, Learned[]>
}

export interface Learned {
  text: string
  from: EpisodicEvent[]
}

export const KINDS = ['preferences', 'heuristics', 'styleNotes', 'avoidances'] as const
export type Kind = (typeof KINDS)[number]

/**
 * Keeps a dream of the memories, and adds what was learned from them to the night's learnings.
 * @returns false where nothing was kept, since one of the memories changed meanwhile
 */
export async function dream(context: AgentContext, sample: readonly EpisodicEvent[]): Promise<boolean> {
  const {memories, now, zone, run} = context
  const engine = await context.engine()
  const {dream: content, learned} =
    engine.name === RECALL ? dreamOfRecall(sample, context) : await dreamOfModel(context, engine, sample)
  const [made] = await memories.create([
    {
      type: 'dream',
      content: atMostWords(content, MOST_WORDS),
      ...sharedLabels(sample),
      from: sample,
      links: sample.map((one) => ({type: 'dreamt_of', target: one.id})),
      metadata: {
        processed: true,
        processedAt: new Date(now()).toISOString(),
        memoriesUsed: sample.map((one) => one.id)
      },
      by: engine
    }
  ])
  if (made === undefined) return false
  const kept = await withoutPrivate(context, learned)
  const count = KINDS.reduce((sum, kind) => sum + kept[kind].length, 0)
  if (count > 0) {
    const date = localTime(now(), zone).slice(0, 10)
    await learningsStore().add(
      {run, date, text: written(kept, engine, made)},
      {category: 'data', event: 'learnings_written', details: {agent: 'dreamer', run, date, count}}
    )
  }
  return true
}

/** The file of a night has no mark for what must not leave this machine: nothing that is read from a private memory goes into it. */
async function withoutPrivate({memories}: AgentContext, learned: Dreamt['learned']): Promise<Dreamt['learned']> {
  const kept: Dreamt['learned'] = {preferences: [], heuristics: [], styleNotes: [], avoidances: []}
  for (const kind of KINDS)
    for (const one of learned[kind])
      if (one.from.length > 0 && !(await Promise.all(one.from.map(memories.isPrivate))).some(Boolean))
        kept[kind].push(one)
  return kept
}

const HEADINGS: Record<Kind, string> = {
  preferences: 'Preferences',
  heuristics: 'Heuristics',
  styleNotes: 'Style notes',
  avoidances: 'Avoidances'
}

function written(learned: Dreamt['learned'], {name, model}: Pick<Engine, 'name' | 'model'>, dreamId: string): string {
  const sections = KINDS.filter((kind) => learned[kind].length > 0).map((kind) =>
    [
      `## ${HEADINGS[kind]}`,
      '',
      ...learned[kind].map(({text, from}) => `- ${oneLine(text)} [${from.map(({id}) => id).join(', ')}]`)
    ].join('\n')
  )
  return [...sections, `Of the dream ${dreamId}, by ${model ?? name}.`].join('\n\n')
}

/** What a model says stays one item of the list, and closes no comment. */
const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replaceAll('<!--', '<! --')
    .replaceAll('-->', '-- >')
    .trim()

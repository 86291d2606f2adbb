import type {EpisodicEvent} from '../../core/memory/event.ts'
import {RECALL} from '../../core/models/resolve.ts'
import type {AgentContext} from '../agent.ts'
import {openLabeller} from '../extract/labeller.ts'
import type {Labels} from '../extract/labels.ts'
import {labelsOf} from '../extract/labels.ts'
import {unprocessed} from './unprocessed.ts'

const BY = {name: RECALL, model: null}

/** Organizes unprocessed memories, `waiting` at most, without a language model. While one page is written, the next is read and labelled. */
export async function organizeByRecall(context: AgentContext, waiting: number): Promise<void> {
  const {memories, language, signal} = context
  const labeller = openLabeller(language, waiting)
  let seen = 0
  let labelled: {page: EpisodicEvent[]; labels: Promise<Labels[]>} | undefined
  const write = async (): Promise<void> => {
    if (labelled === undefined || signal.aborted) return
    const {page, labels} = labelled
    const found = await labels
    await memories.enrich(
      page.flatMap((memory, at) => (found[at] === undefined ? [] : [{memory, ...found[at], by: BY}]))
    )
    context.progress(seen, waiting)
  }
  try {
    for await (const read of unprocessed(context)) {
      const page = read.slice(0, waiting - seen)
      const labels = labeller.labels(page.map(toldIn))
      // A failure is told where they are waited for.
      labels.catch(() => {})
      await write()
      labelled = {page, labels}
      seen += page.length
      if (seen >= waiting || signal.aborted) break
    }
    await write()
  } finally {
    await labeller.end()
  }
}

/** The same for one memory, which a language model must not see. */
export async function organizeOne({memories, language}: AgentContext, memory: EpisodicEvent): Promise<void> {
  await memories.enrich([{memory, ...(await labelsOf(toldIn(memory), language)), by: BY}])
}

/** What a memory tells. An answer of recall only quotes other memories. */
const toldIn = ({content, response, metadata}: EpisodicEvent): string =>
  response === undefined || metadata.engine === RECALL ? content : `${content}\n${response}`

import type {EpisodicEvent} from '../../core/memory/event.ts'
import type {AgentContext} from '../agent.ts'

/** So many are read at once and, where no model is waited for, written at once. */
const PAGE = 512

/** Pages of unprocessed memories, the newest first; each memory once, whatever becomes of it. */
export async function* unprocessed({memories}: Pick<AgentContext, 'memories'>): AsyncGenerator<EpisodicEvent[]> {
  for (let before: EpisodicEvent | undefined; ; ) {
    const page = await memories.list({
      unprocessed: true,
      limit: PAGE,
      withPrivate: true,
      ...(before === undefined ? {} : {before})
    })
    if (page.length === 0) return
    yield page
    before = page.at(-1)
  }
}

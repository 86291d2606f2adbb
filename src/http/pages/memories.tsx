import type {FC} from 'hono/jsx'
import type {EpisodicEvent} from '../../core/memory/event.ts'
import {listMemories, type MemoryFilter, searchMemories} from '../../core/memory/memories.ts'
import {readFilter} from '../../core/memory/read-filter.ts'
import {readSettings} from '../../core/settings.ts'
import type {HttpContext} from '../environment.ts'
import {Field} from '../views/fields.tsx'
import {MemoryItem} from '../views/memory-item.tsx'
import {refused} from './refused.ts'
import {showPage} from './show-page.tsx'

/** What is looked for, as it stands in the address. */
interface Wanted {
  query: string
  type: string
  tag: string
  since: string
  until: string
  cursor: string
  /** Of a search: how many. */
  n: number
}

interface Found {
  memories: EpisodicEvent[]
  /** "12 memories" */
  told: string
  /** The address of what comes after these. */
  more: string | undefined
}

const PAGE = 30
/** Whoever has not found it by then asks in other words. */
const MOST_FOUND = 150

/** Memories, newest first, or those that answer a question best. */
export async function showMemories(c: HttpContext): Promise<Response> {
  const wanted = readWanted(c)
  const found = await refused(() => find(wanted))
  const error = 'error' in found ? found.error : undefined
  return showPage(
    c,
    {title: 'Memories', at: '/memories', error},
    <MemoriesPage wanted={wanted} found={'value' in found ? found.value : undefined} />
  )
}

function readWanted(c: HttpContext): Wanted {
  const read = (name: string): string => c.req.query(name)?.trim() ?? ''
  const n = Number(read('n'))
  return {
    query: read('query'),
    type: read('type'),
    tag: read('tag'),
    since: read('since'),
    until: read('until'),
    cursor: read('cursor'),
    n: Number.isInteger(n) && n > 0 ? Math.min(n, MOST_FOUND) : PAGE
  }
}

async function find(wanted: Wanted): Promise<Found> {
  const {query, cursor, n} = wanted
  const filter = await filterOf(wanted)
  if (query !== '') {
    const {results} = await searchMemories(query, {...filter, limit: n})
    const more = results.length === n && n < MOST_FOUND ? addressOf({...wanted, n: n + PAGE}) : undefined
    return {memories: results, told: `${count(results.length)} found, best first`, more}
  }
  const {memories, total, nextCursor} = await listMemories(filter, PAGE, cursor === '' ? undefined : cursor)
  const more = nextCursor === null ? undefined : addressOf({...wanted, cursor: nextCursor})
  return {memories, told: `${count(total)}, newest first`, more}
}

const filterOf = ({type, tag, since, until}: Wanted): Promise<MemoryFilter> =>
  readFilter({type: type || undefined, tag: tag || undefined, since: since || undefined, until: until || undefined})

function addressOf({n, ...words}: Wanted): string {
  const set = Object.entries({...words, n: n === PAGE ? '' : String(n)}).filter(([, value]) => value !== '')
  return `/memories?${new URLSearchParams(set)}`
}

const count = (total: number): string => (total === 1 ? '1 memory' : `${total} memories`)

const MemoriesPage: FC<{wanted: Wanted; found: Found | undefined}> = ({wanted, found}) => (
  <>
    <div class="head">
      <h1>Memories</h1>
      <a href="/trash">Trash</a>
    </div>
    <search>
      <form
        class="filters"
        action="/memories"
        hx-get="/memories"
        hx-trigger="input delay:250ms, submit"
        hx-target="#results"
        hx-select="#results"
        hx-swap="outerHTML"
        hx-replace-url="true"
        hx-sync="this:replace"
      >
        <label class="grow">
          Search
          <input type="search" name="query" value={wanted.query} placeholder="what did the plumber say?" />
        </label>
        <Field label="Type" name="type" value={wanted.type} placeholder="any" />
        <Field label="Tag" name="tag" value={wanted.tag} placeholder="any" />
        <Field label="Since" name="since" value={wanted.since} placeholder="last monday" />
        <Field label="Until" name="until" value={wanted.until} placeholder="today" />
        <button type="submit">Search</button>
      </form>
    </search>
    <section id="results" class="card" aria-label="Results">
      {found === undefined ? null : <Results found={found} />}
    </section>
  </>
)

const Results: FC<{found: Found}> = ({found: {memories, told, more}}) => {
  const zone = readSettings().timezone
  return (
    <>
      <p class="muted small" role="status">
        {told}
      </p>
      {memories.length === 0 ? (
        <p class="empty">
          No memory fits. <a href="/">Capture one</a>, or ask in other words.
        </p>
      ) : (
        <ul class="plain items" id="list">
          {memories.map((memory) => (
            <MemoryItem memory={memory} zone={zone} />
          ))}
          {more === undefined ? null : <More href={more} />}
        </ul>
      )}
    </>
  )
}

/** Loads what comes after as soon as it is scrolled to; a link where nothing does. Of a search it brings the whole list anew, longer. */
const More: FC<{href: string}> = ({href}) => {
  const longer = href.includes('n=')
  return (
    <li
      hx-get={href}
      hx-trigger="revealed"
      hx-select={longer ? '#results' : '#list > li'}
      {...(longer ? {'hx-target': '#results'} : {})}
      hx-swap="outerHTML"
    >
      <a class="button small" href={href}>
        More
      </a>
    </li>
  )
}

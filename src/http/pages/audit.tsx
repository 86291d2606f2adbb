import type {FC} from 'hono/jsx'
import {type AuditFilter, LEVELS, type ReadAuditEntry, readAudit} from '../../core/audit/read.ts'
import type {AuditLevel} from '../../core/audit.ts'
import {readFilter} from '../../core/memory/read-filter.ts'
import {withoutPlaces} from '../../core/places.ts'
import {readSettings} from '../../core/settings.ts'
import type {HttpContext} from '../environment.ts'
import {Choice, Field} from '../views/fields.tsx'
import {Moment} from '../views/moment.tsx'
import {refused} from './refused.ts'
import {showPage} from './show-page.tsx'

interface Wanted {
  since: string
  until: string
  category: string
  level: string
}

const MOST = 200
/** Where nobody says since when: a trail of years is not read for its last lines. */
const USUAL_SINCE = '30 days ago'
const CATEGORIES = ['system', 'action', 'data', 'security', 'decision']

/** What was done in the person's name, the latest first. */
export async function showAudit(c: HttpContext): Promise<Response> {
  const read = (name: string): string => c.req.query(name)?.trim() ?? ''
  const wanted = {since: read('since'), until: read('until'), category: read('category'), level: read('level')}
  const found = await refused(async () => readAudit(await filterOf(wanted), {kind: 'own'}))
  const [entries, error] = 'error' in found ? [[], found.error] : [found.value, undefined]
  return showPage(
    c,
    {title: 'Audit', at: '/audit', error},
    <AuditPage wanted={wanted} entries={entries.toReversed()} />
  )
}

async function filterOf({since, until, category, level}: Wanted): Promise<AuditFilter> {
  const least = LEVELS.find((one) => one === level)
  return {
    ...(await readFilter({since: since || USUAL_SINCE, until: until || undefined})),
    ...(category === '' ? {} : {category}),
    ...(least === undefined ? {} : {level: least})
  }
}

const AuditPage: FC<{wanted: Wanted; entries: ReadAuditEntry[]}> = ({wanted, entries}) => {
  const zone = readSettings().timezone
  return (
    <>
      <h1>Audit</h1>
      <form class="filters" action="/audit">
        <Field label="Since" name="since" value={wanted.since} placeholder={USUAL_SINCE} />
        <Field label="Until" name="until" value={wanted.until} placeholder="now" />
        <Choice
          label="Category"
          name="category"
          value={wanted.category}
          options={[['', 'all'], ...CATEGORIES.map((one) => [one, one] as const)]}
        />
        <Choice
          label="Level"
          name="level"
          value={wanted.level}
          options={[['', 'all'], ...LEVELS.slice(1).map((one) => [one, `${one} and graver`] as const)]}
        />
        <button type="submit">Show</button>
      </form>
      <section class="card" aria-label="Entries">
        <p class="muted small" role="status">
          {entries.length > MOST ? `The last ${MOST} of ${entries.length} entries` : `${entries.length} entries`}
        </p>
        <ul class="plain items">
          {entries.slice(0, MOST).map((entry) => (
            <Entry entry={entry} zone={zone} />
          ))}
        </ul>
      </section>
    </>
  )
}

const Entry: FC<{entry: ReadAuditEntry; zone: string}> = ({entry, zone}) => {
  const {timestamp, level, category, event, details} = entry
  const told = Object.entries(details).map(([name, value]) => `${name}: ${inWords(value)}`)
  return (
    <li>
      <p class="row">
        <span>{event.replaceAll('_', ' ')}</span>
        {level === 'info' ? null : <span class={`state ${STATES[level]}`}>{level}</span>}
      </p>
      <p class="meta">
        <Moment at={timestamp} zone={zone} />
        <span>{category}</span>
        {told.map((one) => (
          <span>{withoutPlaces(one)}</span>
        ))}
      </p>
    </li>
  )
}

const inWords = (value: unknown): string =>
  Array.isArray(value) ? value.map(inWords).join(', ') : typeof value === 'string' ? value : JSON.stringify(value)

const STATES: Record<AuditLevel, string> = {
  info: '',
  warn: 'state-warn',
  error: 'state-bad',
  critical: 'state-bad'
}

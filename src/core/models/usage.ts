import {changeProfile} from '../change.ts'
import {requireUserContext} from '../context.ts'
import {listProfileNames} from '../documents.ts'
import {notAllowed} from '../errors.ts'
import {isObject} from '../json.ts'
import {PROFILE_LAYOUT} from '../paths.ts'
import {appendProfileLine, readProfileLines} from '../profile-lines.ts'
import {readSettings} from '../settings.ts'
import {localTime} from '../time.ts'
import {requirePermission} from '../users/permissions.ts'

/** One call of a model: a line of logs/usage/YYYY-MM-DD.ndjson, a day of the person's. */
export interface Call {
  /** ISO 8601, UTC. */
  at: string
  provider: string
  /** The name that was sent to the server. */
  model: string
  /** What called: "chat", or an agent's name. */
  agent: string
  tokensIn: number
  tokensOut: number
  ms: number
  /** Set where the server did not say how many tokens it used. */
  estimated?: true
}

/** Calls of one day, model and agent together. */
export interface UsageOfDay {
  day: string
  model: string
  agent: string
  calls: number
  tokensIn: number
  tokensOut: number
  ms: number
}

/** Adds a call to the current person's usage. Durable when it returns. */
export const countCall = (call: Call): Promise<void> =>
  changeProfile((change) =>
    appendProfileLine(change, PROFILE_LAYOUT.usage, `${dayOf(Date.parse(call.at))}.ndjson`, call)
  )

/**
 * The current person's usage by day, model and agent, the latest day first.
 * @param since milliseconds; everything where it is missing
 */
export async function readUsage(since?: number): Promise<UsageOfDay[]> {
  requirePermission('read')
  const first = since === undefined ? '' : dayOf(since)
  const groups = new Map<string, UsageOfDay>()
  for (const day of (await days()).filter((one) => one >= first)) {
    for (const {at, model, agent, tokensIn, tokensOut, ms} of await callsOf(day)) {
      if (since !== undefined && Date.parse(at) < since) continue
      const key = `${day}\n${model}\n${agent}`
      const group = groups.get(key) ?? {day, model, agent, calls: 0, tokensIn: 0, tokensOut: 0, ms: 0}
      groups.set(key, {
        ...group,
        calls: group.calls + 1,
        tokensIn: group.tokensIn + tokensIn,
        tokensOut: group.tokensOut + tokensOut,
        ms: group.ms + ms
      })
    }
  }
  return [...groups.values()].sort((a, b) => (a.day < b.day ? 1 : a.day > b.day ? -1 : a.model < b.model ? -1 : 1))
}

/** @param limit tokens a day; undefined where there is no limit @throws MhError DAILY_LIMIT (exit 4) */
export async function requireWithinLimit(limit: number | undefined): Promise<void> {
  if (limit === undefined) return
  const {username} = requireUserContext('Usage')
  const used = (await callsOf(dayOf(Date.now()))).reduce((sum, {tokensIn, tokensOut}) => sum + tokensIn + tokensOut, 0)
  if (used < limit) return
  throw notAllowed(
    'DAILY_LIMIT',
    `${username} has used ${used} of the ${limit} tokens of today`,
    'Raise globalSettings.dailyTokenLimit in etc/models.json, wait for tomorrow, or use --engine recall'
  )
}

/** Characters a token where a server does not count: about right for English, too many tokens for none. */
const CHARACTERS_PER_TOKEN = 4

export const estimateTokens = (text: string): number => Math.ceil(text.length / CHARACTERS_PER_TOKEN)

const dayOf = (at: number): string => localTime(at, readSettings().timezone).slice(0, 10)

const days = async (): Promise<string[]> =>
  (await listProfileNames(PROFILE_LAYOUT.usage)).flatMap((name) => /^(\d{4}-\d\d-\d\d)\.ndjson$/.exec(name)?.[1] ?? [])

const callsOf = async (day: string): Promise<Call[]> =>
  (await readProfileLines(`${PROFILE_LAYOUT.usage}/${day}.ndjson`)).filter(isCall)

const isCall = (value: unknown): value is Call =>
  isObject(value) && typeof value.tokensIn === 'number' && typeof value.tokensOut === 'number'

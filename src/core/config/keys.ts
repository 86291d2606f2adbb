import {usageError} from '../errors.ts'
import {isObject} from '../json.ts'
import {alternatives, nearest} from '../nearest.ts'
import {parseStoreAddress, shownAddress} from '../store-address.ts'
import {systemZone, zoneOffset} from '../time.ts'

/** A setting: where it is kept, what it may be, and what it is where nobody set it. */
export interface Setting {
  key: string
  /** `profile`: etc/profile.json, each person's own. `root`: config.json, for administrators. */
  scope: 'profile' | 'root'
  summary: string
  /** Variables of the environment that go before what is kept, the first one that is set. */
  environment?: readonly string[]
  default: () => unknown
  /** Reads what a person typed. @returns undefined where it is none of what may stand there */
  read: (text: string) => unknown
  /** What may stand there, for people. */
  form: string
  /** What of it may be shown. */
  shown?: (value: string) => string
}

const text = {read: (value: string) => value.trim() || undefined, form: 'a text'}

const choice = (...values: string[]): Pick<Setting, 'read' | 'form'> => ({
  read: (value) => values.find((one) => one === value.trim().toLowerCase()),
  form: alternatives(values)
})

const whole = (least: number, most: number): Pick<Setting, 'read' | 'form'> => ({
  read: (value) => {
    const number = /^\d+$/.test(value.trim()) ? Number(value) : Number.NaN
    return number >= least && number <= most ? number : undefined
  },
  form: `a whole number from ${least} to ${most}`
})

const yesOrNo = {
  read: (value: string) =>
    ({true: true, yes: true, on: true, false: false, no: false, off: false})[value.trim().toLowerCase()],
  form: 'true or false'
}

const zone = {
  read: (value: string) => {
    try {
      zoneOffset(value.trim(), 0)
      return value.trim()
    } catch {
      return undefined // No zone of that name.
    }
  },
  form: 'a name such as "Europe/Berlin"'
}

const language = {
  read: (value: string) => /^[a-z]{2,3}(?:-[a-z\d]{2,8})*$/i.exec(value.trim())?.[0],
  form: 'a tag such as "en" or "de"'
}

const grants = {
  read: (value: string) => {
    try {
      const parsed: unknown = JSON.parse(value)
      const lists = isObject(parsed) ? Object.values(parsed) : [0]
      return lists.every((list) => Array.isArray(list) && list.every((one) => /^\w+$/.test(String(one))))
        ? parsed
        : undefined
    } catch {
      return undefined // No JSON.
    }
  },
  form: 'JSON such as {"ada": ["OPENAI_API_KEY"]}'
}

const tagList = {
  read: (value: string) => {
    const tags = value.split(',').map((tag) => tag.trim())
    return tags.every((tag) => tag !== '') ? tags : undefined
  },
  form: 'tags with commas between them, such as health,money'
}

const store = {
  read: (value: string) => {
    if (value.trim() === 'files') return 'files'
    try {
      parseStoreAddress(value.trim())
      return value.trim()
    } catch {
      return undefined // No address.
    }
  },
  form: 'postgres://user@host:5432/database, or files',
  shown: (value: string) => (value === 'files' ? value : shownAddress(value))
}

/** Every setting there is, the one place that knows them. */
export const SETTINGS: readonly Setting[] = [
  {
    key: 'timezone',
    scope: 'profile',
    summary: 'Zone of the times that you type and see',
    environment: ['MH_TIMEZONE'],
    default: systemZone,
    ...zone
  },
  {key: 'language', scope: 'profile', summary: 'Language of your memories', default: () => 'en', ...language},
  {
    key: 'editor',
    scope: 'profile',
    summary: 'Program for longer texts',
    environment: ['VISUAL', 'EDITOR'],
    default: () => 'vi',
    ...text
  },
  {
    key: 'pager',
    scope: 'profile',
    summary: 'Program for long results',
    environment: ['PAGER'],
    default: () => null,
    ...text
  },
  {
    key: 'theme',
    scope: 'profile',
    summary: 'Look of the web pages',
    default: () => 'auto',
    ...choice('auto', 'light', 'dark')
  },
  {
    key: 'privateTags',
    scope: 'profile',
    summary: 'Tags whose memories are sent to no model elsewhere',
    default: () => [],
    ...tagList
  },
  {
    key: 'location',
    scope: 'profile',
    summary: 'Where you are, for your persona',
    default: () => null,
    ...text
  },
  {
    key: 'notifications',
    scope: 'profile',
    summary: 'Whether to be notified; kept for what will, mh itself notifies nobody yet',
    default: () => true,
    ...yesOrNo
  },
  {
    key: 'defaultEngine',
    scope: 'root',
    summary: 'What answers for people who chose no model: recall, or provider:model',
    default: () => 'recall',
    ...text
  },
  {
    key: 'registration',
    scope: 'root',
    summary: 'Whether the web lets people register: never, with a token (setup or invitation), or whoever comes',
    default: () => 'token',
    ...choice('closed', 'token', 'open')
  },
  {
    key: 'sessionHours',
    scope: 'root',
    summary: 'How long owners and members stay signed in to the web (guests: an hour)',
    default: () => 24,
    ...whole(1, 8760)
  },
  {key: 'backupKeep', scope: 'root', summary: 'How many backups are kept', default: () => 7, ...whole(1, 10_000)},
  {
    key: 'agentConcurrency',
    scope: 'root',
    summary: 'How many agents the scheduler runs at once; takes effect when it starts',
    default: () => 2,
    ...whole(1, 64)
  },
  {
    key: 'store.url',
    scope: 'root',
    summary: 'Where everything is kept: files, or a PostgreSQL database; of this machine',
    environment: ['MH_STORE'],
    default: () => 'files',
    ...store
  },
  {
    key: 'models.keyGrants',
    scope: 'root',
    summary: 'Which variables with keys a person may use where one process serves several',
    default: () => ({}),
    ...grants
  }
]

/** @throws MhError UNKNOWN_KEY (exit 2) with the nearest keys */
export function requireSetting(key: string): Setting {
  const setting = SETTINGS.find((one) => one.key === key)
  if (setting !== undefined) return setting
  const near = nearest(
    key,
    SETTINGS.map((one) => one.key)
  )
  throw usageError(
    'UNKNOWN_KEY',
    `There is no setting ${JSON.stringify(key)}`,
    near.length > 0 ? `Did you mean ${alternatives(near)}?` : 'mh config list shows all'
  )
}

/** What a person typed, as it is kept. @throws MhError INVALID_VALUE (exit 2) */
export function readValue({key, read, form, shown}: Setting, typed: string): unknown {
  const value = read(typed)
  if (value !== undefined) return value
  // Of what is shown in part only, a wrong one is not shown at all.
  const told = shown === undefined ? JSON.stringify(typed) : 'That'
  throw usageError('INVALID_VALUE', `${told} cannot be the value of ${key}`, `Use ${form}`)
}

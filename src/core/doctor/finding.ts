export type Severity = 'error' | 'warning' | 'info'

/** What was found, and what to do about it. */
export interface Finding {
  severity: Severity
  code: string
  message: string
  /** Absolute. */
  path: string | null
  hint: string | null
  /** True where `--fix` mended it. */
  fixed: boolean
}

/** What a check gives: a finding, and how it is mended where that is safe. */
export interface Found {
  severity: Severity
  code: string
  message: string
  path?: string
  hint?: string
  /** Loses nothing that is not derived or left over. */
  mend?: () => Promise<void> | void
}

/** Looks at one thing. Finds as it goes: what was mended before is mended for what is looked at next. */
export interface Check {
  /** `system` is mended by administrators, `own` by the person whose profile it is. */
  scope: 'system' | 'own'
  find: () => Iterable<Found> | AsyncIterable<Found>
}

import {auditSystem} from '../audit.ts'
import {backend} from '../backend.ts'
import {changeProfile} from '../change.ts'
import {getUserContext} from '../context.ts'
import {MhError} from '../errors.ts'
import {withAccountsLock} from '../locks.ts'
import {isEmpty} from '../users/accounts.ts'
import {isAdministrator} from '../users/permissions.ts'
import {accountFiles, accountsAgree} from './accounts.ts'
import {auditHolds} from './audit.ts'
import type {Check, Finding} from './finding.ts'
import {noLegacyData, noMigrationIsInterrupted} from './legacy.ts'
import {machineIsFit} from './machine.ts'
import {modelAnswers} from './model.ts'
import {filesArePrivate} from './permissions.ts'
import {profileIsReadable} from './profile.ts'
import {storeAnswers} from './store.ts'
import {nothingIsLeftOver} from './temporary.ts'

export interface Diagnosis {
  /** True where nothing but remarks is left. */
  ok: boolean
  findings: Finding[]
}

/**
 * Looks for what is wrong with the data root, and with the current person's profile where there is one.
 * @param fix mends what can be mended without losing anything: the person's own, and for administrators the system's
 */
export async function diagnose(fix: boolean): Promise<Diagnosis> {
  const findings: Finding[] = []
  if (backend() === undefined) await run({scope: 'system', find: accountFiles}, fix, findings)
  // Everything else asks the accounts.
  if (canRead()) for (const check of checks()) await run(check, fix, findings)
  await noteFixes(findings)
  return {ok: findings.every(({severity, fixed}) => fixed || severity === 'info'), findings}
}

function checks(): Check[] {
  const user = getUserContext()
  const own: Check[] =
    user === undefined || user.role === 'anonymous'
      ? []
      : [
          {scope: 'own', find: profileIsReadable},
          {scope: 'own', find: modelAnswers}
        ]
  const stored: Check[] = [
    {scope: 'system', find: storeAnswers},
    {scope: 'system', find: auditHolds},
    ...own.filter(({find}) => find === modelAnswers)
  ]
  if (backend() !== undefined) return stored
  return [
    {scope: 'system', find: accountsAgree},
    {scope: 'system', find: noMigrationIsInterrupted},
    {scope: 'system', find: filesArePrivate},
    {scope: 'system', find: nothingIsLeftOver},
    {scope: 'system', find: machineIsFit},
    {scope: 'system', find: auditHolds},
    {scope: 'system', find: noLegacyData},
    ...own
  ]
}

async function run({scope, find}: Check, fix: boolean, findings: Finding[]): Promise<void> {
  try {
    for await (const {mend, severity, code, message, path = null, hint = null} of find()) {
      const may = scope === 'own' || mayMendSystem()
      const finding: Finding = {severity, code, message, path, hint, fixed: false}
      findings.push(finding)
      if (mend === undefined) continue
      if (!fix)
        finding.hint = hint ?? (may ? 'mh doctor --fix mends it' : 'An administrator mends it with mh doctor --fix')
      else if (may) {
        await mend()
        finding.fixed = true
      } else finding.hint = 'An administrator mends it with mh doctor --fix'
    }
  } catch (error) {
    const {message} = error as Error
    // Several checks may fail for one reason.
    if (findings.some((finding) => finding.message === message)) return
    // One thing that cannot be looked at does not hide the others.
    findings.push({
      severity: 'error',
      code: error instanceof MhError ? error.code : 'CHECK_FAILED',
      message,
      path: null,
      hint: error instanceof MhError ? (error.hint ?? null) : null,
      fixed: false
    })
  }
}

/** Where nobody can be told to be an administrator, whoever is at the machine mends it. */
function mayMendSystem(): boolean {
  if (!canRead() || isEmpty()) return true
  const user = getUserContext()
  return user !== undefined && isAdministrator(user)
}

function canRead(): boolean {
  try {
    isEmpty()
    return true
  } catch {
    return false // Found by the first check.
  }
}

async function noteFixes(findings: readonly Finding[]): Promise<void> {
  const fixed = findings.filter((finding) => finding.fixed)
  if (fixed.length === 0 || !canRead() || isEmpty()) return
  const user = getUserContext()
  const event = {category: 'system', event: 'doctor_fixed', details: {fixed: fixed.map(({code}) => code)}} as const
  if (user !== undefined && user.role !== 'anonymous') await changeProfile((profile) => profile.audit(event))
  await withAccountsLock((lock) => auditSystem(lock, event, user?.role === 'anonymous' ? null : (user?.userId ?? null)))
}

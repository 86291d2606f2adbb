import {readRootConfig} from '../config.ts'

/** What answers for people who chose no model, as an administrator set it (config.json); undefined where nobody did. */
export function defaultEngine(): string | undefined {
  const {defaultEngine: set} = readRootConfig()
  return typeof set === 'string' ? set : undefined
}

import {randomInt} from 'node:crypto'
import {describe, it} from 'vitest'
import {temporaryHome} from '../support/home.ts'
import {smallDisk} from '../support/small-disk.ts'
import {failing, filling, killing} from './harm.ts'
import {liveThrough} from './world.ts'

/** `npm run test:crash` kills a thousand times; every run of the tests does so 30 times. */
const KILLS = Number(process.env.MH_KILLS ?? 30)
const FAILURES = Math.ceil(KILLS / 10)
/**
 * What is done, and what befalls it, is the same for the same seed: the short form always has one and the same, so that it fails for who broke
 * something and not for whoever comes next; but where exactly a signal strikes is the machine's chance.
 */
const SEED = process.env.MH_SEED ?? (process.env.MH_KILLS === undefined ? '337560' : String(randomInt(1_000_000)))
/** So often in one data root, so that one that fails can be looked at. */
const IN_ONE = 50

const told = (line: string): void => {
  if (process.env.MH_VERBOSE) process.stderr.write(`${line}\n`)
}

const roots = (times: number): {seed: string; times: number}[] =>
  Array.from({length: Math.ceil(times / IN_ONE)}, (_, at) => ({
    seed: at === 0 ? SEED : `${SEED}.${at}`,
    times: Math.min(IN_ONE, times - at * IN_ONE)
  }))

describe(`random work loses nothing that was acknowledged, doubles nothing, leaves nothing half or blocked (MH_SEED=${SEED})`, () => {
  it.for(roots(KILLS))('where it is killed $times times (seed $seed)', {timeout: 600_000}, ({seed, times}) =>
    liveThrough(temporaryHome(), {seed, times, harming: killing}, told)
  )

  it.for(roots(FAILURES))('where the disk fails it $times times (seed $seed)', {timeout: 600_000}, ({seed, times}) =>
    liveThrough(temporaryHome(), {seed, times, harming: failing}, told)
  )

  it.for(roots(FAILURES))(
    'where the disk is full $times times (seed $seed)',
    {timeout: 600_000},
    async ({seed, times}, context) => {
      const home = temporaryHome()
      const refused = smallDisk(home.root, '64m')
      if (refused !== undefined) return context.skip(refused)
      await liveThrough(home, {seed, times, harming: filling}, told)
    }
  )
})

import {randomInt} from 'node:crypto'
import {describe, it} from 'vitest'
import {temporaryHome} from '../support/home.ts'
import {liveAndDie} from './world.ts'

/** `npm run test:crash` kills a thousand times; every run of the tests does so 30 times. */
const KILLS = Number(process.env.MH_KILLS ?? 30)
/** What is done, and what befalls it, is the same for the same seed; but where exactly a signal strikes is the machine's chance. */
const SEED = process.env.MH_SEED ?? String(randomInt(1_000_000))
/** So many kills in one data root, so that one that fails can be looked at. */
const IN_ONE = 50

describe(`random work that is killed ${KILLS} times (MH_SEED=${SEED})`, () => {
  const roots = Array.from({length: Math.ceil(KILLS / IN_ONE)}, (_, at) => ({
    seed: at === 0 ? SEED : `${SEED}.${at}`,
    kills: Math.min(IN_ONE, KILLS - at * IN_ONE)
  }))

  it.each(roots)(
    'loses nothing that was acknowledged, doubles nothing, leaves nothing half or blocked (seed $seed)',
    {timeout: 600_000},
    async ({seed, kills}) => {
      const told = (line: string): void => {
        if (process.env.MH_VERBOSE) process.stderr.write(`${line}\n`)
      }
      await liveAndDie(temporaryHome(), seed, kills, told)
    }
  )
})

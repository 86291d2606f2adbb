import type {RateLimiterAbstract} from 'rate-limiter-flexible'
import {backend} from '../backend.ts'
import {MhError} from '../errors.ts'
import {sha256} from '../sha256.ts'

/** Too many wrong passwords: who asks again earlier than this is refused without being heard. HTTP 429. */
export class TooManyAttempts extends MhError {
  /** Seconds. */
  readonly retryAfter: number
  /** Whether this is the first refusal of a row. */
  readonly first: boolean

  constructor(retryAfter: number, first: boolean) {
    super('TOO_MANY_ATTEMPTS', `Too many tries: nothing more is heard for ${retryAfter} seconds`, {
      exitCode: 4,
      httpStatus: 429,
      hint: 'Wait, and try again then. Whoever is signed in stays so'
    })
    this.retryAfter = retryAfter
    this.first = first
  }
}

/** Counts tries to guess a password, by account and by where they come from. */
export interface Attempts {
  /**
   * Counts a try before it is looked at, so that many at once count as many.
   * @param name what was typed as the username, known or not
   * @throws TooManyAttempts at once; nobody is kept waiting
   */
  take(name: string, address: string): Promise<void>
  /** Forgets the tries of somebody who then gave the right password. */
  forgive(name: string, address: string): Promise<void>
}

const MINUTE = 60

/**
 * Few for one account from one place, more for one place with any accounts, and a good many for one account from everywhere, so that
 * nobody can lock another person out from elsewhere at once.
 */
const LIMITS = {
  accountAndAddress: {points: 5, duration: 15 * MINUTE},
  address: {points: 30, duration: 15 * MINUTE},
  account: {points: 100, duration: 60 * MINUTE}
}

/** Attempts as this process remembers them, or as all servers over one database do. */
export const openAttempts = async (): Promise<Attempts> => (await backend()?.attempts()) ?? attemptsInMemory()

async function attemptsInMemory(): Promise<Attempts> {
  const {RateLimiterMemory} = await import('rate-limiter-flexible')
  return attemptsWith((options) => new RateLimiterMemory(options))
}

/** @param limiter makes what counts: so many points in so many seconds */
export async function attemptsWith(
  limiter: (options: {keyPrefix: string; points: number; duration: number}) => RateLimiterAbstract
): Promise<Attempts> {
  const {RateLimiterRes} = await import('rate-limiter-flexible')
  const limiters = {
    accountAndAddress: limiter({keyPrefix: 'both', ...LIMITS.accountAndAddress}),
    address: limiter({keyPrefix: 'address', ...LIMITS.address}),
    account: limiter({keyPrefix: 'account', ...LIMITS.account})
  }
  const consume = async (one: RateLimiterAbstract, key: string): Promise<void> => {
    try {
      await one.consume(key)
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused
      throw new TooManyAttempts(
        Math.max(1, Math.ceil(refused.msBeforeNext / 1000)),
        refused.consumedPoints === one.points + 1
      )
    }
  }
  return {
    async take(name, address) {
      await consume(limiters.accountAndAddress, keyOf(name, address))
      await consume(limiters.address, sha256(address))
      await consume(limiters.account, sha256(nameOf(name)))
    },
    async forgive(name, address) {
      await limiters.accountAndAddress.delete(keyOf(name, address))
      await limiters.address.reward(sha256(address), 1)
      await limiters.account.reward(sha256(nameOf(name)), 1)
    }
  }
}

const keyOf = (name: string, address: string): string => sha256(`${address} ${nameOf(name)}`)

/** No account has a longer name; what is longer counts as one. */
const nameOf = (name: string): string => name.toLowerCase().slice(0, 64)

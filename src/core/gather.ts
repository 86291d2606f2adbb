/** What became of one thing that was brought. */
export type Outcome<Result> = {result: Result} | {error: unknown}

interface Brought<Item, Result> {
  item: Item
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

/**
 * Does together what several callers bring while they would have to wait for the same lock: who comes first goes for it, and has with it,
 * when it is had, everything that came until then. So many writes wait for the disk once.
 *
 *     const gathered = gather<Item, Result>()
 *     const result = await gathered(userId, item, (take) => withProfileLock(userId, () => write(take())))
 *
 * @returns a function that brings an item: `key` says with whose it may be done, `run` calls `take` once and gives an outcome for each of
 * the items, in their order. Where `run` fails, everybody's item failed
 */
export function gather<Item, Result>() {
  const waiting = new Map<string, Brought<Item, Result>[]>()

  async function go(key: string, run: (take: () => Item[]) => Promise<Outcome<Result>[]>): Promise<void> {
    let group: Brought<Item, Result>[] | undefined
    const take = (): Item[] => {
      group = waiting.get(key) ?? []
      waiting.delete(key)
      return group.map(({item}) => item)
    }
    let outcomes: Outcome<Result>[]
    try {
      outcomes = await run(take)
    } catch (error) {
      if (group === undefined) take()
      for (const {reject} of group ?? []) reject(error)
      return
    }
    for (const [at, {resolve, reject}] of (group ?? []).entries()) {
      const outcome = outcomes[at]
      if (outcome !== undefined && 'result' in outcome) resolve(outcome.result)
      else reject(outcome?.error ?? new Error('What was brought has no outcome'))
    }
  }

  return (key: string, item: Item, run: (take: () => Item[]) => Promise<Outcome<Result>[]>): Promise<Result> =>
    new Promise((resolve, reject) => {
      const brought = {item, resolve, reject}
      const before = waiting.get(key)
      if (before !== undefined) {
        before.push(brought)
        return
      }
      waiting.set(key, [brought])
      void go(key, run)
    })
}

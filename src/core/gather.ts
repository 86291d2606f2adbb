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
 *     const gathering = gather<Item, Result>()
 *     const item = await gathering.announce(userId, makeItem())
 *     const result = await gathering.bring(userId, item, (take) => withProfileLock(userId, () => write(take())))
 */
export function gather<Item, Result>() {
  const waiting = new Map<string, Brought<Item, Result>[]>()
  const announced = new Map<string, Set<Promise<unknown>>>()

  async function othersAnnounced(key: string): Promise<void> {
    const others = announced.get(key)
    if (others === undefined) return
    await Promise.allSettled(others)
    // They are made; whoever makes them brings them now.
    await new Promise((resolve) => setImmediate(resolve))
  }

  async function go(key: string, run: (take: () => Item[]) => Promise<Outcome<Result>[]>): Promise<void> {
    let group: Brought<Item, Result>[] | undefined
    const take = (): Item[] => {
      group = waiting.get(key) ?? []
      waiting.delete(key)
      return group.map(({item}) => item)
    }
    let outcomes: Outcome<Result>[]
    try {
      await othersAnnounced(key)
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

  return {
    /**
     * Says that an item is being made, and will soon be brought: who goes for the lock waits for it, so that it comes along and does not
     * wait for a whole turn of its own. @returns what `making` gives
     */
    announce<T>(key: string, making: Promise<T>): Promise<T> {
      const others = announced.get(key) ?? new Set()
      announced.set(key, others.add(making))
      return making.finally(() => {
        others.delete(making)
        if (others.size === 0) announced.delete(key)
      })
    },
    /**
     * Brings an item. @param key says with whose it may be done
     * @param run calls `take` once and gives an outcome for each of the items, in their order. Where it fails, everybody's item failed
     */
    bring: (key: string, item: Item, run: (take: () => Item[]) => Promise<Outcome<Result>[]>): Promise<Result> =>
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
}

import {expect} from 'vitest'
import type {Home} from '../support/home.ts'
import {mh} from '../support/mh.ts'
import {type Facts, of} from './facts.ts'

/** What the indexes say is what the files hold. */
export async function agree(home: Home, facts: Facts, name: string): Promise<void> {
  agreeOnMemories(facts, name, (await mh(home, ['memory', 'list', '-n', '500', '--json', '-u', name])).json)
  await agreeOnTasks(home, facts, name)
}

/** @param page what `mh memory list -n 500 --json` gave */
export function agreeOnMemories(facts: Facts, name: string, page: {memories: {id: string}[]; total: number}): void {
  const ids = of(facts, `${name}|episodic|`).map(([, id]) => id)
  const listed = page.memories.map(({id}) => id)
  expect([name, page.total, listed.length]).toEqual([name, ids.length, Math.min(500, ids.length)])
  expect(new Set(listed).size).toBe(listed.length)
  expect(listed.filter((id) => !ids.includes(id))).toEqual([])
}

export async function agreeOnTasks(home: Home, facts: Facts, name: string): Promise<void> {
  const {json} = await mh(home, ['task', 'list', '--all', '--json', '-u', name])
  const wanted = of(facts, `${name}|task|`)
    .filter(([, value]) => !value.endsWith(' deleted'))
    .map(([key, value]) => [facts.get(key.replace('|task|', '|task id|')), value.split(' ')[0]].join())
  expect(json.map(({id, status}: {id: string; status: string}) => [id, status].join()).sort()).toEqual(wanted.sort())
}

import {expect, it} from 'vitest'
import type {Role} from '../../../src/core/context.ts'
import type {CognitiveMode} from '../../../src/core/persona/mode.ts'
import {decide, type Operation} from '../../../src/core/users/permissions.ts'

/** The table of the design, row by row: dual, agent, emulation, guest. "a" is for administrators only. */
const TABLE: Record<Operation, string> = {
  read: 'yes yes yes yes',
  export: 'yes yes yes yes',
  backup: 'yes yes yes yes',
  chat: 'yes yes yes yes',
  'chat.save': 'yes no no no',
  'chat.save.tool': 'yes yes no no',
  capture: 'yes yes no no',
  import: 'yes yes no no',
  edit: 'yes yes no no',
  delete: 'yes yes no no',
  restore: 'yes yes no no',
  task: 'yes yes no no',
  persona: 'yes yes no no',
  model: 'yes yes yes no',
  config: 'yes yes yes no',
  password: 'yes yes yes yes',
  mode: 'yes yes yes no',
  forget: 'yes yes no no',
  supersede: 'yes yes no no',
  'agent.settings': 'yes yes no no',
  'agent.service': 'a a a no',
  token: 'yes yes yes no',
  training: 'yes yes yes no',
  'agent.organize': 'yes yes no no',
  'agent.proactive': 'yes no no no'
}

const MODES: CognitiveMode[] = ['dual', 'agent', 'emulation']

it.each(Object.entries(TABLE) as [Operation, string][])('%s is open as the table says', (operation, row) => {
  const [dual, agent, emulation, guest] = row.split(' ')
  const byMode = {dual, agent, emulation}
  for (const mode of MODES) {
    const allowed = (role: Role, administrator: boolean): boolean =>
      decide(operation, role, mode, administrator).allowed
    expect([mode, allowed('owner', true)]).toEqual([mode, byMode[mode] !== 'no'])
    expect([mode, allowed('member', false)]).toEqual([mode, byMode[mode] === 'yes'])
    expect([mode, allowed('member', true)]).toEqual([mode, byMode[mode] !== 'no'])
    // A guest's column holds in every mode, and never opens what the mode closes to others.
    expect([mode, allowed('guest', false)]).toEqual([mode, guest === 'yes'])
    expect(allowed('anonymous', false)).toBe(false)
  }
})

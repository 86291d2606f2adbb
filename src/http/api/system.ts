import * as z from 'zod'
import {LEVELS, readAudit} from '../../core/audit/read.ts'
import type {Scope} from '../../core/audit/trails.ts'
import {readFilter} from '../../core/memory/read-filter.ts'
import {withoutPlaces} from '../../core/places.ts'
import {readStatus} from '../../core/status.ts'
import {everybody} from '../../core/users/accounts.ts'
import {requireAdministrator} from '../../core/users/permissions.ts'
import {publicUser} from '../../core/users/show.ts'
import {endpoint} from './endpoint.ts'
import {userOf, userShape, words} from './shapes.ts'

export const systemEndpoints = [
  endpoint({
    method: 'get',
    path: '/api/status',
    summary: 'Who you are here, what there is and what is due',
    again: 500,
    answer: z.looseObject({user: userShape, mode: z.string()}),
    async handle() {
      const {profilePath: _path, user, findings, ...status} = await readStatus()
      return {
        ...status,
        user: userOf(user),
        findings: findings.map((finding) => ({...finding, message: withoutPlaces(finding.message)}))
      }
    }
  }),
  endpoint({
    method: 'get',
    path: '/api/audit',
    summary: 'Your audit trail, the oldest entry first',
    query: z.object({
      since: words.optional(),
      until: words.optional(),
      category: z.string().optional(),
      level: z.enum(LEVELS as ['info', ...string[]]).optional(),
      n: z.coerce.number().int().min(1).max(10_000).default(500).meta({description: 'The newest so many'}),
      for: z.string().optional().meta({description: "Another person's; administrators"}),
      all: z.enum(['true', 'false']).optional().meta({description: "Everybody's and the system's; administrators"})
    }),
    answer: z.array(z.looseObject({timestamp: z.string(), event: z.string()})),
    async handle({query: {since, until, category, level, n, for: username, all}}) {
      const scope: Scope =
        all === 'true' ? {kind: 'everybody'} : username === undefined ? {kind: 'own'} : {kind: 'person', username}
      const bounds = await readFilter({since, until})
      const entries = await readAudit(
        {
          ...bounds,
          ...(category === undefined ? {} : {category}),
          ...(level === undefined ? {} : {level: level as (typeof LEVELS)[number]})
        },
        scope
      )
      // What commands noted may name places.
      return JSON.parse(withoutPlaces(JSON.stringify(entries.slice(-n))))
    }
  }),
  endpoint({
    method: 'get',
    path: '/api/users',
    summary: 'Everybody who has an account; administrators',
    answer: z.array(userShape),
    async handle() {
      requireAdministrator('Listing everybody')
      return (await everybody()).map((user) => userOf(publicUser(user)))
    }
  })
]

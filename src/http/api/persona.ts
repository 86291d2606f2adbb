import * as z from 'zod'
import {replacePart, showPart} from '../../core/persona/change.ts'
import {personaCore} from '../../core/persona/core.ts'
import {listFacets, useFacet} from '../../core/persona/facets.ts'
import {MODES} from '../../core/persona/mode.ts'
import {setMode, showMode} from '../../core/persona/set-mode.ts'
import {endpoint} from './endpoint.ts'
import {text} from './shapes.ts'
import {hasVersion, showVersion, versionSeen} from './versions.ts'

const coreShape = z.looseObject({}).meta({id: 'PersonaCore', description: 'persona/core.json'})
const facets = z.object({
  active: z.string(),
  facets: z.array(
    z.object({name: z.string(), description: z.string(), enabled: z.boolean(), color: z.string().nullable()})
  )
})
const mode = z.object({mode: z.enum(MODES), lastChanged: z.string().nullable()})

export const personaEndpoints = [
  endpoint({
    method: 'get',
    path: '/api/persona/core',
    summary: 'Who answers you; its ETag is its version',
    answer: coreShape,
    async handle({c}) {
      const {document, version} = await showPart('core')
      showVersion(c, version)
      return hasVersion(c, version) ? c.body(null, 304) : document
    }
  }),
  endpoint({
    method: 'put',
    path: '/api/persona/core',
    summary: 'Replace the core of your persona; refused (409) where it is not the version any more of your If-Match',
    body: personaCore,
    answer: coreShape,
    async handle({c, body}) {
      await replacePart('core', body, versionSeen(c))
      const {document, version} = await showPart('core')
      showVersion(c, version)
      return document
    }
  }),
  endpoint({
    method: 'get',
    path: '/api/persona/facet',
    summary: 'Your facets, and the one in use',
    answer: facets,
    handle: () => listFacets()
  }),
  endpoint({
    method: 'put',
    path: '/api/persona/facet',
    summary: 'Use a facet',
    body: z.object({name: text}),
    answer: z.object({active: z.string()}),
    handle: ({body}) => useFacet(body.name)
  }),
  endpoint({
    method: 'get',
    path: '/api/cognitive-mode',
    summary: 'Your cognitive mode',
    answer: mode,
    handle: () => showMode()
  }),
  endpoint({
    method: 'put',
    path: '/api/cognitive-mode',
    summary: 'Set your cognitive mode',
    body: z.object({mode: text}),
    answer: mode,
    handle: ({body}) => setMode(body.mode)
  })
]

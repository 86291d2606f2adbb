import * as z from 'zod'

/** A list, or the one thing that a person wrote in its place. */
const list = z.union([z.array(z.string()), z.string().transform((one) => (one === '' ? [] : [one]))])
const goal = z.union([
  z.looseObject({goal: z.string(), status: z.string().optional()}),
  z.string().transform((text) => ({goal: text}))
])
const share = z.number().min(0).max(1)

/** persona/core.json, and what a facet lays over it. Every field is optional; unknown keys are kept. */
export const personaCore = z.looseObject({
  version: z.string().optional(),
  lastUpdated: z.string().optional(),
  identity: z
    .looseObject({
      name: z.string().optional(),
      role: z.string().optional(),
      purpose: z.string().optional(),
      humanName: z.string().optional(),
      email: z.string().optional(),
      aliases: list.optional()
    })
    .optional(),
  personality: z
    .looseObject({
      communicationStyle: z
        .looseObject({
          tone: list.optional(),
          humor: list.optional(),
          formality: z.string().optional(),
          verbosity: z.string().optional()
        })
        .optional(),
      /** The Big Five and others, 0 to 1. */
      traits: z.record(z.string(), z.union([share, z.string()])).optional(),
      archetypes: list.optional(),
      aesthetic: list.optional()
    })
    .optional(),
  values: z
    .looseObject({
      core: z
        .array(z.looseObject({value: z.string(), description: z.string().optional(), priority: z.number().optional()}))
        .optional(),
      boundaries: list.optional()
    })
    .optional(),
  goals: z
    .looseObject({
      shortTerm: z.array(goal).optional(),
      midTerm: z.array(goal).optional(),
      longTerm: z.array(goal).optional()
    })
    .optional(),
  context: z.unknown().optional()
})

/** persona/facets.json. */
export const facetIndex = z.looseObject({
  activeFacet: z.string().default('default'),
  facets: z
    .record(
      z.string(),
      z.looseObject({
        name: z.string().optional(),
        description: z.string().optional(),
        /** Relative to the folder persona/; none for a facet that is the core itself. */
        personaFile: z.string().nullish(),
        enabled: z.boolean().default(true),
        color: z.string().optional()
      })
    )
    .default({})
})

export type PersonaCore = z.infer<typeof personaCore>
export type FacetIndex = z.infer<typeof facetIndex>

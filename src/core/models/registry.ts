import * as z from 'zod'
import {checked} from '../checked.ts'
import {documentPlace, readDocument} from '../documents.ts'
import {isObject, texts} from '../json.ts'
import {PROFILE_LAYOUT} from '../paths.ts'

/** What a model is asked to do. */
export const MODEL_ROLES = [
  'persona',
  'orchestrator',
  'curator',
  'summarizer',
  'planner',
  'coder',
  'embedding',
  'fallback'
] as const
export type ModelRole = (typeof MODEL_ROLES)[number]

const modelEntry = z.looseObject({
  provider: z.string(),
  /** The name that is sent to the server ("llama3:8b"). */
  model: z.string(),
  /** Address of the API, its version included ("http://127.0.0.1:1234/v1"). */
  baseURL: z.string().optional(),
  /** Name of the environment variable that holds the key. The key itself stands in no file. */
  apiKeyEnv: z.string().optional(),
  /** What it is meant for, as the person noted it. */
  roles: z.array(z.string()).optional(),
  /** True where private memories may be sent to it, although it is not on this machine. */
  allowPrivate: z.boolean().optional(),
  /** What was trained for it: names, or {name, path}, the path relative to the profile. */
  adapters: z.array(z.unknown()).optional(),
  options: z
    .looseObject({
      temperature: z.number().min(0).max(2).optional(),
      topP: z.number().min(0).max(1).optional(),
      /** In tokens. */
      contextWindow: z.number().int().positive().optional(),
      /** False for a model that cannot call tools, so that none are offered to it. */
      tools: z.boolean().optional()
    })
    .optional()
})

/** A role may be set to null: nothing is chosen then. */
const rolesToModels = z.record(z.string(), z.string().nullable())

/** etc/models.json. Keys that this version does not know are kept. */
export const modelRegistry = z.looseObject({
  globalSettings: z
    .looseObject({
      /** How long to wait for the first words of an answer; a local model may have to be loaded first. */
      firstTokenTimeoutMs: z.number().positive().optional(),
      /** How long an answer may pause. */
      idleTimeoutMs: z.number().positive().optional(),
      /** So many tokens, in and out, may be used on one day. */
      dailyTokenLimit: z.number().int().nonnegative().optional()
    })
    .default({}),
  defaults: rolesToModels.default({}),
  models: z.record(z.string(), modelEntry).default({}),
  cognitiveModeMappings: z.record(z.string(), rolesToModels).default({})
})

export type ModelRegistry = z.infer<typeof modelRegistry>
export type ModelOptions = NonNullable<z.infer<typeof modelEntry>['options']>

/** The names of a model's adapters. */
export const adaptersOf = ({adapters = []}: ModelRegistry['models'][string]): string[] =>
  texts(adapters.map((one) => (isObject(one) ? one.name : one)))

/**
 * The current person's models; an empty registry where there is no etc/models.json.
 * @throws MhError UNREADABLE_FILE (exit 1) with path and line, or the key that is wrong. The file stays as it is.
 */
export const readModels = (): ModelRegistry => checkModels(readDocument('models') ?? {})

/** The registry that a document holds. @throws MhError UNREADABLE_FILE (exit 1) with the key that is wrong */
export const checkModels = (document: unknown): ModelRegistry =>
  checked(modelRegistry, document, documentPlace(PROFILE_LAYOUT.models))

import {backend, needsFiles} from '../backend.ts'
import {changeProfile} from '../change.ts'
import {personaPrompt} from '../chat/prompt.ts'
import {requireUserContext} from '../context.ts'
import type {CognitiveMode} from '../persona/mode.ts'
import {readPersona} from '../persona/persona.ts'
import {readSettings} from '../settings.ts'
import {requirePermission} from '../users/permissions.ts'
import {reportFile, TRAIN_FILE, writeDataset} from './datasets.ts'
import {dialoguesOf} from './dialogues.ts'
import {examplesOf} from './examples.ts'
import {type Example, formatExample, type TrainingFormat} from './formats.ts'
import {type GatherOptions, gather, type LeftOut} from './gather.ts'
import type {Redaction, RedactionCounts} from './redact.ts'
import {readTrainingSettings} from './settings.ts'
import {split} from './split.ts'

export interface TrainingExportOptions extends GatherOptions {
  format?: TrainingFormat
  redact?: readonly Redaction[]
  /** What the split and the order hang on, besides the examples. */
  seed?: number
  /** A folder that is not there yet, or empty; below out/datasets of the profile where it is missing. */
  output?: string
}

/** What an export made. It stands as report.json beside the data. */
export interface TrainingReport {
  /** Absolute path of the folder. */
  path: string
  format: TrainingFormat
  /** null where memories of every mode are in it. */
  mode: CognitiveMode | null
  seed: number
  /** Numbers of examples. */
  train: number
  validation: number
  /** How many texts were replaced in all, and of each kind. */
  redacted: number
  redactions: RedactionCounts
  /** Why something is not in it: memories, and exchanges for the last two. */
  leftOut: LeftOut & {duplicates: number; tooLong: number}
}

const VALIDATION_FILE = 'validation.jsonl'
const USUAL_SEED = 1

/**
 * Makes a data set for fine-tuning of the current person's memories and conversations, with their persona as the system prompt.
 * The same memories, persona, settings, format and seed give the same bytes.
 * @throws MhError NOT_ALLOWED_FOR_ROLE (exit 4), UNREADABLE_FILE (exit 1), as `writeDataset`, and the signal's reason
 */
export async function exportTraining(options: TrainingExportOptions = {}): Promise<TrainingReport> {
  requirePermission('training')
  const {format = 'chatml', seed = USUAL_SEED, mode, output} = options
  if (output === undefined && backend() !== undefined)
    throw needsFiles('A data set in a profile', 'Name a folder for it: mh training export -o <folder>')
  const {username} = requireUserContext()
  const settings = readTrainingSettings()
  const persona = readPersona()
  const {memories, leftOut} = await gather(options)
  const {examples, duplicates, tooLong, redactions} = examplesOf(dialoguesOf(memories, readSettings().timezone), {
    system: (one) => personaPrompt({persona, username, mode: one}),
    maxTokens: settings.maxSequenceLength,
    redact: new Set(options.redact)
  })
  const {train, validation} = split(examples, settings.validationShare, seed)
  const report = {
    format,
    mode: mode ?? null,
    seed,
    train: train.length,
    validation: validation.length,
    redacted: redactions.email + redactions.phone + redactions.key,
    redactions,
    leftOut: {...leftOut, duplicates, tooLong}
  }
  const now = new Date()
  const path = writeDataset(output, now, {
    [TRAIN_FILE]: linesOf(train, format),
    [VALIDATION_FILE]: linesOf(validation, format),
    ...reportFile({createdAt: now.toISOString(), facet: persona.facet.id, ...report})
  })
  await changeProfile(({audit}) => {
    const {train: trained, validation: validated, redacted, leftOut: left} = report
    audit({
      category: 'data',
      event: 'training_exported',
      details: {format, mode: report.mode, train: trained, validation: validated, redacted, private: left.private}
    })
  })
  return {path, ...report}
}

const linesOf = (examples: readonly Example[], format: TrainingFormat): string =>
  examples.map((example) => `${formatExample(example, format)}\n`).join('')

import * as z from 'zod'
import {checked} from '../checked.ts'
import {documentPlace, readDocument} from '../documents.ts'
import {notFound} from '../errors.ts'
import {unreadable} from '../files.ts'
import {PROFILE_LAYOUT} from '../paths.ts'

/** etc/training.json: what the trainer is told, and how it is started. Keys that this version does not know are kept. */
const trainingSettings = z.looseObject({
  baseModel: z.string().default(''),
  /** In tokens: what is longer is cut by trainers, so it is left out of an export. */
  maxSequenceLength: z.number().int().positive().default(2048),
  /** Of all examples, 0 to under 1. */
  validationShare: z.number().min(0).max(0.9).default(0.1),
  /** The trainer's program and its arguments. Words in braces are replaced: see `commandOf`. */
  command: z.array(z.string()).default([])
})

export type TrainingSettings = z.infer<typeof trainingSettings>

/** The current person's settings for training. @throws MhError UNREADABLE_FILE (exit 1) with the line or the key that is wrong */
export const readTrainingSettings = (): TrainingSettings =>
  checked(trainingSettings, readDocument('training') ?? {}, place())

/**
 * The program that trains, with its arguments: "{dataset}" and "{output}" become those folders, and every other word in braces
 * the value of that key of etc/training.json. A command that names neither folder gets both at its end.
 * @throws MhError NO_TRAINER (exit 3) where none is set, UNREADABLE_FILE (exit 1) for a word that is no key
 */
export function commandOf(
  settings: TrainingSettings,
  folders: {dataset: string; output: string}
): [program: string, ...args: string[]] {
  const [program, ...args] = settings.command
  if (program === undefined || program === '')
    throw notFound(
      'NO_TRAINER',
      'No trainer is set: "command" in etc/training.json is empty',
      'Name the program and its arguments, such as ["python3", "train.py", "{dataset}", "{output}"]'
    )
  const values: Record<string, unknown> = {...settings, ...folders}
  const named = settings.command.some((word) => /\{(?:dataset|output)\}/.test(word))
  const given = named ? args : [...args, '{dataset}', '{output}']
  return [program, ...given.map((word) => word.replaceAll(/\{(\w+)\}/g, (_, key: string) => settingOf(key, values)))]
}

function settingOf(key: string, values: Record<string, unknown>): string {
  const value = Object.hasOwn(values, key) ? values[key] : undefined
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw unreadable(place(), `command: {${key}} names nothing that is set`)
}

const place = (): string => documentPlace(PROFILE_LAYOUT.training)

import type {CognitiveMode} from '../persona/mode.ts'
import type {Exchange} from './dialogues.ts'

export const TRAINING_FORMATS = ['chatml', 'alpaca', 'sharegpt'] as const
export type TrainingFormat = (typeof TRAINING_FORMATS)[number]

/** One example as every format tells it. */
export interface Example {
  /** What has one source stays on one side of a split. */
  source: string
  mode: CognitiveMode
  system: string
  /** At least one; all but the last lead up to it. */
  exchanges: Exchange[]
}

/**
 * One line of a data set, without its newline. Every format has the mode beside its own keys, so that a trainer may choose by it.
 *
 * - chatml: `{"messages": [{"role", "content"}]}`, as OpenAI, TRL and axolotl read it
 * - alpaca: `{"instruction", "input", "output", "system", "history": [[said, answered]]}`, as LLaMA-Factory reads it
 * - sharegpt: `{"conversations": [{"from": "system" | "human" | "gpt", "value"}]}`
 */
export function formatExample({mode, system, exchanges}: Example, format: TrainingFormat): string {
  return JSON.stringify({...FORMATS[format](system, exchanges), mode})
}

const FORMATS: Record<TrainingFormat, (system: string, exchanges: readonly Exchange[]) => object> = {
  chatml: (system, exchanges) => ({
    messages: [
      {role: 'system', content: system},
      ...exchanges.flatMap(({user, assistant}) => [
        {role: 'user', content: user},
        {role: 'assistant', content: assistant}
      ])
    ]
  }),
  alpaca: (system, exchanges) => ({
    instruction: exchanges.at(-1)?.user ?? '',
    input: '',
    output: exchanges.at(-1)?.assistant ?? '',
    system,
    history: exchanges.slice(0, -1).map(({user, assistant}) => [user, assistant])
  }),
  sharegpt: (system, exchanges) => ({
    conversations: [
      {from: 'system', value: system},
      ...exchanges.flatMap(({user, assistant}) => [
        {from: 'human', value: user},
        {from: 'gpt', value: assistant}
      ])
    ]
  })
}

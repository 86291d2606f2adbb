import type {FC} from 'hono/jsx'
import {citedIn} from '../../core/chat/cited.ts'
import type {ToolUse} from '../../core/chat/tools.ts'
import {AnswerText} from './answer-text.tsx'
import {addressOfMemory} from './memory-item.tsx'
import {Moment} from './moment.tsx'

/** One message of a conversation and what was answered. */
export interface ShownTurn {
  message: string
  reply: string
  /** What the answer was given to work with; `[1]` means the first. What is gone by now has no text. */
  cited: {id: string; timestamp?: string; content?: string}[]
  /** null with the built-in engine. */
  model: string | null
  incomplete: boolean
  saved: boolean
  /** What the model did meanwhile, or would have done. */
  tools: ToolUse[]
}

export const Turn: FC<{turn: ShownTurn; zone: string}> = ({turn, zone}) => {
  const {message, reply, cited, model, incomplete, saved, tools} = turn
  const numbers = citedIn(reply)
  const used = cited.flatMap((memory, at) => (numbers.has(at + 1) ? [{...memory, number: at + 1}] : []))
  return (
    <div class="turn">
      <p class="said">{message}</p>
      <div class="answered">
        <AnswerText text={reply} cited={cited.map(({id}) => addressOfMemory(id))} markdown={model !== null} />
        {tools.length === 0 ? null : (
          <ul class="plain small muted">
            {tools.map(({what, outcome}) => (
              <li>
                {OUTCOMES[outcome]}: {what}
              </li>
            ))}
          </ul>
        )}
        {used.length === 0 ? null : (
          <details class="cited">
            <summary>{used.length === 1 ? 'One memory cited' : `${used.length} memories cited`}</summary>
            <ol>
              {used.map(({id, number, timestamp, content}) => (
                <li value={number}>
                  {timestamp === undefined ? null : (
                    <span class="muted">
                      <Moment at={timestamp} zone={zone} />{' '}
                    </span>
                  )}
                  <a href={addressOfMemory(id)}>{content ?? 'A memory that is gone'}</a>
                </li>
              ))}
            </ol>
          </details>
        )}
        <p class="meta">
          <span>{model ?? 'recall'}</span>
          {incomplete ? <span class="state state-warn">stopped</span> : null}
          {saved ? null : <span class="state">not saved</span>}
        </p>
      </div>
    </div>
  )
}

const OUTCOMES: Record<ToolUse['outcome'], string> = {done: 'Done', refused: 'Proposed, not done', failed: 'Failed'}

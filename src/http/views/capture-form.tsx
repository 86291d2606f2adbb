import type {FC} from 'hono/jsx'
import {Field, TextField} from './fields.tsx'

/** What a person may say of a new memory, as they typed it. */
export interface CaptureFields {
  content?: string
  tags?: string
  at?: string
  type?: string
  private?: string
}

/** The place where a memory is captured. `fields` is what was refused. */
export const CaptureForm: FC<{fields?: CaptureFields | undefined}> = ({fields = {}}) => (
  <form class="fields" method="post" action="/capture">
    <TextField
      label="What happened?"
      name="content"
      value={fields.content}
      placeholder="Met Grace about the compiler"
      required
    />
    <details open={Object.entries(fields).some(([name, value]) => name !== 'content' && value !== '')}>
      <summary class="hint">Tags, time and more</summary>
      <div class="pair">
        <Field label="Tags" name="tags" value={fields.tags} placeholder="people, work" />
        <Field label="When" name="at" value={fields.at} placeholder="yesterday 5pm" />
        <Field label="Type" name="type" value={fields.type} placeholder="observation" />
      </div>
      <label class="choice">
        <input type="checkbox" name="private" value="yes" checked={fields.private === 'yes'} />
        <span>
          Private <span class="hint">Never sent to a model that is not on this machine</span>
        </span>
      </label>
    </details>
    <div class="row end">
      <button class="primary" type="submit">
        Capture
      </button>
    </div>
  </form>
)

import type {Child, FC} from 'hono/jsx'
import {withoutPlaces} from '../../core/places.ts'

/** What was done, or what stands in the way. */
export const Notice: FC<{kind: 'good' | 'bad' | 'warn'; children?: Child}> = ({kind, children}) => (
  <div class={`notice notice-${kind}`} role={kind === 'bad' ? 'alert' : 'status'}>
    {children}
  </div>
)

/** Why something was refused, and what to do about it, unless that is a command: a browser has none. */
export const Refusal: FC<{error: {message: string; hint?: string | undefined} | undefined}> = ({error}) =>
  error === undefined ? null : (
    <Notice kind="bad">
      <strong>{withoutPlaces(error.message)}</strong>
      {error.hint === undefined || /\bmh [a-z]/.test(error.hint) ? null : <p>{withoutPlaces(error.hint)}</p>}
    </Notice>
  )

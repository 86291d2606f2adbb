import type {FC} from 'hono/jsx'
import type {Role} from '../../core/context.ts'

const GRADIENTS = 8

/** A circle with the first letter of a name, in the colours of the username, which differ from person to person. */
export const Avatar: FC<{username: string; name: string; large?: boolean}> = ({username, name, large = false}) => (
  <span class={`avatar avatar-${colourOf(username)}${large ? ' large' : ''}`} aria-hidden="true">
    {[...name.trim()][0] ?? '?'}
  </span>
)

/** A role in its colour. */
export const RoleBadge: FC<{role: Role}> = ({role}) => <span class={`badge badge-${role}`}>{role}</span>

const colourOf = (username: string): number =>
  [...username].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7) % GRADIENTS

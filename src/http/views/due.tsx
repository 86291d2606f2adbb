import type {FC} from 'hono/jsx'
import {localTime} from '../../core/time.ts'

/** When a task is due: a day, or a time of the person's zone. */
export const Due: FC<{due: string; zone: string}> = ({due, zone}) => {
  const at = Date.parse(due)
  return <time datetime={due}>{due.length === 10 || Number.isNaN(at) ? due : localTime(at, zone)}</time>
}

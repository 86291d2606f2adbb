import type {FC} from 'hono/jsx'
import {localTime} from '../../core/time.ts'

/** A moment as a clock in the person's zone shows it. @param at ISO 8601, UTC */
export const Moment: FC<{at: string; zone: string}> = ({at, zone}) => {
  const milliseconds = Date.parse(at)
  return Number.isNaN(milliseconds) ? <span>{at}</span> : <time datetime={at}>{localTime(milliseconds, zone)}</time>
}

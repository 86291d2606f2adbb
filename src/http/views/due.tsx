import type {FC} from 'hono/jsx'
import {shownDue} from '../../core/tasks/due.ts'

/** When a task is due: a day, or a time of the person's zone. */
export const Due: FC<{due: string; zone: string}> = ({due, zone}) => <time datetime={due}>{shownDue({due}, zone)}</time>

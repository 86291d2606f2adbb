import type {AgentSchedule} from '../core/agents/settings.ts'
import {plural} from './plural.ts'

/** When an agent runs by itself, for people: "every 15 minutes". */
export function scheduleText(schedule: AgentSchedule): string {
  if (schedule.type === 'timeOfDay') return `at ${schedule.at}`
  return schedule.type === 'interval'
    ? `every ${duration(schedule.seconds)}`
    : `after ${duration(schedule.idleSeconds)} idle`
}

function duration(seconds: number): string {
  if (seconds % 3600 === 0) return plural(seconds / 3600, 'hour', 'hours')
  return seconds % 60 === 0 ? plural(seconds / 60, 'minute', 'minutes') : plural(seconds, 'second', 'seconds')
}

import type {AgentSchedule} from './settings.ts'

/** When an agent runs by itself, for people: "every 15 minutes". */
export function scheduleText(schedule: AgentSchedule): string {
  if (schedule.type === 'timeOfDay') return `at ${schedule.at}`
  return schedule.type === 'interval'
    ? `every ${duration(schedule.seconds)}`
    : `after ${duration(schedule.idleSeconds)} idle`
}

function duration(seconds: number): string {
  const [count, unit] =
    seconds % 3600 === 0
      ? [seconds / 3600, 'hour']
      : seconds % 60 === 0
        ? [seconds / 60, 'minute']
        : [seconds, 'second']
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

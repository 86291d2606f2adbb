import {Cron} from 'croner'
import type {ScheduledState} from '../../core/agents/schedule-store.ts'
import {type AgentSchedule, readAgents} from '../../core/agents/settings.ts'
import {type DailyWindow, windowAt} from '../../core/agents/windows.ts'
import type {Agent} from '../agent.ts'
import {readBoredom, readSleep} from '../services/settings.ts'

/** When an agent runs for one person: what etc/agents.json may say, and what the settings of the services come to. */
export type Schedule =
  | AgentSchedule
  /** Within the window while the person is idle, and again every so often in the same night. */
  | {type: 'night'; window: DailyWindow; idleSeconds: number; everySeconds: number}

/** What the time of the next run hangs on. Times are milliseconds since 1970. */
export interface Moment {
  now: number
  /** IANA name of the person's zone. */
  zone: string
  /** When the person last did something; undefined where they never did. */
  activity: number | undefined
  /** In which nothing begins by itself. */
  quietHours: DailyWindow | undefined
}

/** Nothing runs more often, whatever a person's settings say: the machine is everybody's. In seconds. */
const LEAST_INTERVAL = 10
/** The last moment that there is in JavaScript, in milliseconds. */
const LAST_MOMENT = 8.64e15

/** What lies further ahead than this was noted by a clock that has been put back since. In milliseconds. */
const CLOCK_PUT_BACK = 60 * 60 * 1000

/**
 * The current person's schedule of an agent; undefined where a service is off.
 * @throws MhError UNREADABLE_FILE, INVALID_SETTING where the settings are damaged
 */
export function scheduleOf(agent: Pick<Agent, 'name' | 'schedule'>): Schedule | undefined {
  if (agent.name === 'boredom-service') {
    const {enabled, idleMinutes} = readBoredom()
    return enabled ? {type: 'activity', idleSeconds: idleMinutes * 60} : undefined
  }
  if (agent.name === 'sleep-service') {
    const {enabled, window, minimumIdleMinutes, maxDreamsPerNight} = readSleep()
    const everySeconds = secondsOf(window) / Math.max(1, maxDreamsPerNight)
    return enabled ? {type: 'night', window, idleSeconds: minimumIdleMinutes * 60, everySeconds} : undefined
  }
  return readAgents().of(agent.name).schedule ?? agent.schedule
}

/**
 * When an agent runs next; in the past or now where it is due. Runs that were missed while the machine slept are one run, since only
 * the last one is looked at. Null where nothing but the person's doing something brings one about.
 */
export function nextRun(schedule: Schedule, state: ScheduledState, moment: Moment): number | null {
  const next = planned(schedule, byClock(state, moment.now), moment)
  if (next === null || next > LAST_MOMENT) return null
  if (moment.quietHours === undefined) return next
  return windowAt(Math.max(next, moment.now), moment.zone, moment.quietHours)?.to ?? next
}

/** What is known of an agent, with what a clock noted that has been put back since as of now: else nothing would be due until then. */
export function byClock(state: ScheduledState, now: number): ScheduledState {
  const {firstSeen, lastRun} = state
  const passed = (time: number): number => (time - now > CLOCK_PUT_BACK ? now : time)
  return {...state, firstSeen: passed(firstSeen), ...(lastRun === undefined ? {} : {lastRun: passed(lastRun)})}
}

function planned(schedule: Schedule, {firstSeen, lastRun: last}: ScheduledState, moment: Moment): number | null {
  const {now, zone, activity} = moment
  switch (schedule.type) {
    case 'interval':
      return last === undefined ? firstSeen : last + Math.max(schedule.seconds, LEAST_INTERVAL) * 1000
    case 'timeOfDay':
      return nextTime(schedule.at, zone, last ?? Math.min(firstSeen, now))
    case 'activity':
      // Once for each time that somebody was active.
      return activity === undefined || (last !== undefined && activity <= last)
        ? null
        : activity + schedule.idleSeconds * 1000
    case 'night': {
      if (activity === undefined) return null
      const {window, idleSeconds, everySeconds} = schedule
      const night = windowAt(now, zone, window)
      const idle = activity + idleSeconds * 1000
      if (night !== undefined) {
        const again =
          last !== undefined && last >= night.from ? last + Math.max(everySeconds, LEAST_INTERVAL) * 1000 : night.from
        const next = Math.max(night.from, idle, again)
        if (next < night.to) return next
      }
      return nextTime(window.start, zone, night === undefined ? now : night.to)
    }
  }
}

/** The next time that the clock in `zone` shows that; put forward over it, the first moment after. */
function nextTime(time: string, zone: string, after: number): number | null {
  const [hours, minutes] = time.split(':').map(Number)
  return (
    new Cron(`${minutes} ${hours} * * *`, {timezone: zone, paused: true}).nextRun(new Date(after))?.getTime() ?? null
  )
}

/** How long a window is, in seconds. */
function secondsOf({start, end}: DailyWindow): number {
  const [from, to] = [start, end].map((time) => {
    const [hours = 0, minutes = 0] = time.split(':').map(Number)
    return hours * 60 + minutes
  }) as [number, number]
  return ((to - from + 24 * 60) % (24 * 60)) * 60
}

import {expect, it} from 'vitest'
import {scheduleText} from '../../../src/core/agents/schedule-text.ts'
import type {AgentSchedule} from '../../../src/core/agents/settings.ts'

it.each<[AgentSchedule, string]>([
  [{type: 'timeOfDay', at: '03:00'}, 'at 03:00'],
  [{type: 'interval', seconds: 3600}, 'every 1 hour'],
  [{type: 'interval', seconds: 60}, 'every 1 minute'],
  [{type: 'interval', seconds: 90}, 'every 90 seconds'],
  [{type: 'activity', idleSeconds: 3600}, 'after 1 hour idle']
])('a schedule is told in words: %j', (schedule, told) => {
  expect(scheduleText(schedule)).toBe(told)
})

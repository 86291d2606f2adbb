import type {Database} from '../../postgres/database.ts'
import {SYSTEM} from '../../postgres/transaction.ts'
import type {PersonSchedule, SchedulerProcess, ScheduleStore} from '../schedule-store.ts'

/** What the scheduler and the workers know of each agent and person, in PostgreSQL. */
export const postgresSchedules = (database: Database): ScheduleStore => ({
  read: (userId) =>
    database.look(userId, async (transaction) => {
      const found = await transaction.row<{states: PersonSchedule}>(
        userId,
        'SELECT states FROM schedule WHERE user_id = $1',
        [userId]
      )
      return found?.states ?? {}
    }),

  async note(userId, agent, state) {
    await database.change(userId, (transaction) =>
      transaction.change(
        userId,
        `INSERT INTO schedule VALUES ($1, jsonb_strip_nulls(jsonb_build_object($2::text, $3::jsonb)))
          ON CONFLICT (user_id) DO UPDATE SET states = schedule.states ||
            jsonb_strip_nulls(jsonb_build_object($2::text, coalesce(schedule.states -> $2::text, '{}') || $3::jsonb))`,
        [userId, agent, JSON.stringify(state)]
      )
    )
  },

  // They go with the account.
  async keepOnly() {},

  readProcess: async () => {
    const found = await database.look(SYSTEM, (transaction) =>
      transaction.row<{scheduler: SchedulerProcess | null}>(SYSTEM, 'SELECT scheduler FROM system')
    )
    return found?.scheduler ?? undefined
  },
  async writeProcess(process) {
    await database.change(SYSTEM, (transaction) =>
      transaction.change(SYSTEM, 'UPDATE system SET scheduler = $1', [JSON.stringify(process)])
    )
  }
})

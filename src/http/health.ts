import {backend} from '../core/backend.ts'
import type {App} from './environment.ts'

/**
 * What a load balancer asks, by whatever name it knows the server: /healthz, whether this process answers at all, and /readyz, whether
 * it may be given requests: its store answers, and it is not about to end.
 */
export function registerHealth(app: App): void {
  app.get('/healthz', (c) => c.json({ok: true}))
  app.get('/readyz', async (c) => {
    if (c.var.desk.ending.aborted) return c.json({ok: false, reason: 'ending'}, 503)
    try {
      await backend()?.refresh()
      return c.json({ok: true})
    } catch {
      return c.json({ok: false, reason: 'store'}, 503)
    }
  })
}

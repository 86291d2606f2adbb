import {defineAgent} from './agent.ts'

/** Files of the inbox become memories. */
export const ingestor = defineAgent({
  name: 'ingestor',
  description: 'Makes memories of the files in your inbox, and archives them',
  scope: 'user',
  schedule: {type: 'interval', seconds: 300},
  proactive: false,
  role: 'curator',
  pending: async () => (await (await import('../core/inbox/inbox.ts')).inbox().list()).length > 0,
  run: async (context) => (await import('./ingestor/ingest.ts')).ingest(context)
})

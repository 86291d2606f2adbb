/** Where a command that writes two chunks of memories is killed: before, between and after each step of either. */
export const BATCH_POINTS = [
  'staged',
  'renamed:100',
  'renamed:512',
  'folder-synced',
  'audit-line',
  'indexed',
  'committed',
  'renamed:550',
  'committed:2'
]

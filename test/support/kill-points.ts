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

/** The same for one of four chunks, whose files are written by a second thread from the second chunk on; it counts its own steps. */
export const LONG_BATCH_POINTS = ['write:600', 'staged:3', 'renamed:1100', 'indexed:2', 'committed:3']

import Mode from './index.ts'

/** The same as `mh mode`. */
export default class ModeShow extends Mode {
  // oclif asks the class itself, not the one that it extends.
  static override summary = Mode.summary
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> -u bob']
}

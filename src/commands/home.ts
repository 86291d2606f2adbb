import {MhCommand} from '../cli/base-command.ts'
import {isEmpty} from '../core/users/accounts.ts'

export default class Home extends MhCommand<typeof Home> {
  static override summary = 'Show where you stand, or how to begin'
  static override description = 'What `mh` alone does.'
  static override examples = ['<%= config.bin %>', '<%= config.bin %> --json']
  static override hidden = true
  static override person = 'optional' as const

  override async execute(): Promise<unknown> {
    const {bin} = this.config
    if (this.identity !== undefined) {
      const [{readStatus}, {statusScreen}] = await Promise.all([
        import('../core/status.ts'),
        import('../cli/status-screen.ts')
      ])
      const status = await readStatus()
      this.say(statusScreen(status))
      this.note(`\n${bin} --help shows what there is.`)
      return status
    }
    const next = isEmpty() ? `${bin} quickstart` : `${bin} user switch`
    this.say(
      isEmpty()
        ? `Nobody has a profile here yet. Begin with:\n\n  ${next}\n\nIt makes your profile, keeps a first memory and shows how to ask for it.`
        : `Nobody is active. Say who you are:\n\n  ${next}`
    )
    this.say(`\n${bin} --help shows what there is.`)
    return {next: [next]}
  }
}

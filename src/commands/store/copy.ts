import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {plural} from '../../cli/plural.ts'
import {startProgress} from '../../cli/progress.ts'
import {type Copy, copyStore} from '../../core/postgres/copy/copy.ts'

export default class StoreCopy extends MhCommand<typeof StoreCopy> {
  static override summary = 'Copy everybody from files to PostgreSQL, or back'
  static override description =
    'Nothing is changed at the source. Stopped half-way, it goes on where it was. Everything is read back and compared. Who is signed in to the web signs in again; backups stay where they are.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --to postgres://mh_server@db.example.org/mh',
    'MH_STORE=postgres://mh_server@db.example.org/mh <%= config.bin %> <%= command.id %> --to ./mh-files'
  ]
  static override flags = {
    to: Flags.string({required: true, summary: 'Where to', helpValue: '<postgres://… or folder>'})
  }

  override async execute(): Promise<Copy> {
    const progress = await startProgress('Copied', 'people', !this.jsonEnabled())
    try {
      const copy = await copyStore(this.flags.to, ({people}) => progress.tell(people))
      progress.stop()
      this.tell(copy)
      return copy
    } finally {
      progress.stop()
    }
  }

  private tell({to, people, leftOut}: Copy): void {
    const files = people.reduce((sum, person) => sum + person.files, 0)
    this.say(
      `Copied ${plural(people.length, 'person', 'people')} (${plural(files, 'file', 'files')}) to ${to}, read back and compared.`
    )
    for (const {username, path, reason, kept} of leftOut)
      this.note(
        `${username}: ${path} was ${kept === true ? 'copied as it is, but cannot be read' : 'left out'}: ${reason}`
      )
    this.note(
      to.startsWith('postgres')
        ? 'To go on there: mh config set store.url <its address>, or MH_STORE.'
        : `To go on there: MH_HOME=${to}, without MH_STORE.`
    )
  }
}

import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {plural} from '../../cli/plural.ts'
import {type Verification, verifyAudit} from '../../core/audit/verify.ts'

export default class AuditVerify extends MhCommand<typeof AuditVerify> {
  static override summary = 'Check that no entry of the audit trail was edited, removed or moved'
  static override description =
    "Your own trail, and for administrators the system's. Whoever can rewrite all of a trail can rebuild its chain: this finds what was changed without that."
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --all-users --json'
  ]
  static override flags = {'all-users': Flags.boolean({summary: "Everybody's and archived ones (administrators)"})}

  override async execute(): Promise<Verification> {
    const result = await verifyAudit(this.flags['all-users'])
    const {ok, files, entries, unchained, torn, broken} = result
    for (const {file, line, reason} of broken)
      this.say(line === 0 ? `${file}: ${reason}` : `${file}:${line}: ${reason}`)
    const checked = `${plural(entries, 'entry', 'entries')} in ${plural(files, 'file', 'files')}`
    this.note(
      ok
        ? `The chain holds: ${checked}`
        : `The chain is broken: ${plural(broken.length, 'place', 'places')} of ${checked}`
    )
    if (unchained > 0)
      this.note(`${plural(unchained, 'line', 'lines')} from before the chain: nothing vouches for them`)
    if (torn > 0) this.note(`${plural(torn, 'line was', 'lines were')} cut by a crash; that is no tampering`)
    if (!ok) this.failed()
    return result
  }
}

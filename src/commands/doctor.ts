import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../cli/base-command.ts'
import {plural} from '../cli/plural.ts'
import {type Diagnosis, diagnose} from '../core/doctor/doctor.ts'

export default class Doctor extends MhCommand<typeof Doctor> {
  static override summary = 'Find what is wrong, and mend what can be mended safely'
  static override description =
    "The data root, and your profile. --fix mends your own, and for administrators the system's; it removes nothing but what is derived or left over."
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --fix --json']
  static override person = 'unneeded' as const
  static override recovers = false
  static override flags = {fix: Flags.boolean({summary: 'Mend what is safe to mend'})}

  override async execute(): Promise<Diagnosis> {
    const diagnosis = await diagnose(this.flags.fix)
    const {ok, findings} = diagnosis
    for (const {severity, code, message, path, hint, fixed} of findings) {
      this.say(`${fixed ? 'fixed' : severity}: ${code}: ${message}`)
      if (path !== null && !message.includes(path)) this.say(`  ${path}`)
      if (hint !== null && !fixed) this.say(`  ${hint}`)
    }
    if (ok) this.note(findings.length === 0 ? 'All is well.' : 'All is well now.')
    else {
      const left = findings.filter(({fixed, severity}) => !fixed && severity !== 'info').length
      this.note(`${plural(left, 'thing needs', 'things need')} mending`)
      this.failed()
    }
    return diagnosis
  }
}

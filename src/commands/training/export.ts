import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {interruptible} from '../../cli/interruptible.ts'
import {plural} from '../../cli/plural.ts'
import {startProgress} from '../../cli/progress.ts'
import {MODES} from '../../core/persona/mode.ts'
import type {TrainingReport} from '../../core/training/export.ts'
import {TRAINING_FORMATS} from '../../core/training/formats.ts'
import {REDACTIONS} from '../../core/training/redact.ts'

export default class TrainingExport extends MhCommand<typeof TrainingExport> {
  static override summary = 'Make a data set for fine-tuning of your memories and conversations'
  static override description = [
    'Writes train.jsonl, validation.jsonl and report.json into a folder below out/datasets of your profile, or into the one that',
    '--output names. Your persona is the system prompt. Private memories are left out, and counted. The same memories and seed give the same files.'
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --mode dual --format sharegpt --redact email --redact phone',
    '<%= config.bin %> <%= command.id %> --seed 7 -o ada-2026'
  ]
  static override flags = {
    mode: Flags.option({options: MODES, summary: 'Only what was made in this mode', helpValue: '<mode>'})(),
    format: Flags.option({
      options: TRAINING_FORMATS,
      default: 'chatml' as const,
      summary: 'What a line looks like',
      helpValue: '<format>'
    })(),
    redact: Flags.option({
      options: REDACTIONS,
      multiple: true,
      multipleNonGreedy: true,
      summary: 'Take out e-mail addresses, phone numbers or keys; may be repeated',
      helpValue: '<kind>'
    })(),
    seed: Flags.integer({default: 1, summary: 'What the split and the order hang on', helpValue: '<number>'}),
    output: Flags.string({char: 'o', summary: 'Write into this folder, new or empty', helpValue: '<folder>'})
  }

  override async execute(): Promise<TrainingReport> {
    const {mode, format, redact, seed, output} = this.flags
    const {exportTraining} = await import('../../core/training/export.ts')
    const progress = await startProgress('Looked at', 'memories', !this.jsonEnabled())
    try {
      const report = await interruptible((signal) =>
        exportTraining({
          format,
          seed,
          signal,
          onProgress: progress.tell,
          ...(mode === undefined ? {} : {mode}),
          ...(redact === undefined ? {} : {redact}),
          ...(output === undefined ? {} : {output})
        })
      )
      progress.stop()
      this.tell(report)
      return report
    } finally {
      progress.stop()
    }
  }

  private tell({path, train, validation, redacted, leftOut}: TrainingReport): void {
    this.say(`Wrote ${plural(train + validation, 'example', 'examples')} (${validation} to validate by) to ${path}`)
    if (redacted > 0) this.note(`${plural(redacted, 'text was', 'texts were')} redacted`)
    const reasons: [number, string][] = [
      [leftOut.private, 'private'],
      [leftOut.duplicates, 'there twice'],
      [leftOut.superseded, 'superseded'],
      [leftOut.recall, 'answered by recall'],
      [leftOut.others, "in somebody else's words"],
      [leftOut.incomplete, 'broken off'],
      [leftOut.tooLong, 'too long'],
      [leftOut.empty, 'empty']
    ]
    const told = reasons.filter(([count]) => count > 0).map(([count, reason]) => `${count} ${reason}`)
    if (told.length > 0) this.note(`Left out: ${told.join(', ')}`)
  }
}

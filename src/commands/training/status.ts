import {MhCommand} from '../../cli/base-command.ts'
import {printFields} from '../../cli/table.ts'
import type {TrainingStatus as Status} from '../../core/training/status.ts'

export default class TrainingStatus extends MhCommand<typeof TrainingStatus> {
  static override summary = 'Show how far your training is'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    "<%= config.bin %> <%= command.id %> --json | jq -r '.run.status'"
  ]

  override async execute(): Promise<Status> {
    const {trainingStatus} = await import('../../core/training/status.ts')
    const status = await trainingStatus()
    const {run, dataset} = status
    this.say(
      printFields([
        ['Training', run === null ? 'none yet' : `${run.name}, ${run.status}`],
        ['Began', run?.startedAt],
        ['Ended', run?.endedAt],
        ['Log', run?.log],
        ['Output', run?.output],
        ['Data set', dataset?.path ?? 'none yet'],
        [
          'Examples',
          dataset?.train === null || dataset === null
            ? undefined
            : `${dataset.train}, ${dataset.validation} to validate by`
        ]
      ])
    )
    return status
  }
}

import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {interruptible} from '../../cli/interruptible.ts'
import {forTerminal} from '../../cli/terminal.ts'
import type {TrainingRun as Run} from '../../core/training/adapters.ts'

export default class TrainingRun extends MhCommand<typeof TrainingRun> {
  static override summary = 'Train an adapter by your own trainer'
  static override description = [
    'Starts the command of etc/training.json, without a shell, in the folder of your profile. In it {dataset} and {output} stand for',
    'those folders, and other words in braces for other keys of that file. What it prints is shown on standard error and kept in train.log.',
    'Its output lies below out/adapters. Ctrl-C ends it.'
  ].join(' ')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --dataset ada-2026'
  ]
  static override flags = {
    dataset: Flags.string({
      summary: 'Train by this data set; the newest one where it is missing',
      helpValue: '<folder>'
    })
  }

  override async execute(): Promise<Run> {
    const {dataset} = this.flags
    const {runTraining} = await import('../../core/training/run.ts')
    const run = await interruptible((signal) =>
      runTraining({
        signal,
        onStart: ({command, dataset: used}) => this.note(`Training by ${used}: ${command.join(' ')}`),
        onLog: (text) => {
          if (!this.jsonEnabled()) process.stderr.write(forTerminal(text, 2))
        },
        ...(dataset === undefined ? {} : {dataset})
      })
    )
    this.say(`Trained ${run.name}`)
    this.note(`${this.config.bin} adapter use ${run.name} notes it for the model of your persona`)
    return run
  }
}

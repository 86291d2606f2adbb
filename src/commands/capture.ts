import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../cli/base-command.ts'
import {readImportance} from '../cli/memory-flags.ts'
import {usageError} from '../core/errors.ts'
import type {BatchOptions, BatchResult} from '../core/memory/batch.ts'
import {capture, type NewMemory} from '../core/memory/memories.ts'
import {readMoment} from '../core/memory/read-filter.ts'

interface Captured {
  id: string
  path: string
  timestamp: string
  type: string
  content: string
  tags: string[]
  userId: string
}

export default class Capture extends MhCommand<typeof Capture> {
  static override summary = 'Keep something that happened'
  static override description =
    'The text is what stands on the line, else standard input, else what you write in your editor. It is on the disk before the command says so.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> Met Grace for coffee',
    'echo "The boiler was serviced" | <%= config.bin %> <%= command.id %> --tag house --at yesterday',
    "printf 'one\\ntwo\\n' | <%= config.bin %> <%= command.id %> --batch"
  ]
  static override strict = false
  static override args = {text: Args.string({ignoreStdin: true, description: 'what happened; "-" is standard input'})}
  static override flags = {
    type: Flags.string({summary: 'Kind of memory (observation where it is missing)', helpValue: '<type>'}),
    tag: Flags.string({
      char: 't',
      multiple: true,
      multipleNonGreedy: true,
      summary: 'A tag; may be repeated',
      helpValue: '<tag>'
    }),
    at: Flags.string({summary: 'When it happened (now where it is missing)', helpValue: '<time in words or ISO>'}),
    importance: Flags.string({summary: 'From 0 to 1 (0.5 where it is missing)', helpValue: '<number>'}),
    private: Flags.boolean({summary: 'Never send it to a model on another machine'}),
    file: Flags.string({summary: 'Take the text from this file', helpValue: '<file>', exclusive: ['editor', 'batch']}),
    editor: Flags.boolean({summary: 'Write the text in $VISUAL or $EDITOR', exclusive: ['batch']}),
    batch: Flags.boolean({summary: 'One memory a line of standard input; lines that begin with { are JSON'}),
    plain: Flags.boolean({summary: 'With --batch: lines that begin with { are text too', dependsOn: ['batch']})
  }

  override async execute(): Promise<Captured | BatchResult> {
    const described = await this.described()
    if (this.flags.batch) return this.batch(described)
    const {id, path, timestamp, type, content, tags, userId} = await capture({...described, content: await this.text()})
    this.say(`Captured ${id}`)
    return {id, path, timestamp, type, content, tags, userId}
  }

  private async batch(defaults: NonNullable<BatchOptions['defaults']>): Promise<BatchResult> {
    if (this.words.some((word) => word !== '-'))
      throw usageError(
        'TEXT_WITH_BATCH',
        'With --batch the texts come from standard input, one a line',
        'Leave the text out, or leave out --batch'
      )
    const [{captureBatch}, {inputLines}] = await Promise.all([
      import('../core/memory/batch.ts'),
      import('../cli/read-input.ts')
    ])
    const result = await captureBatch(inputLines(), {
      plain: this.flags.plain,
      defaults,
      onProgress: ({ids}) => this.say(ids.join('\n'))
    })
    if (result.captured + result.skipped + result.failed.length === 0)
      throw usageError('EMPTY_CAPTURE', 'There is nothing to capture: standard input is empty')
    for (const {line, reason} of result.failed) this.note(`Line ${line}: ${reason}`)
    this.note(`Captured ${result.captured}, skipped ${result.skipped}, failed ${result.failed.length}`)
    if (result.failed.length > 0) this.failed()
    return result
  }

  private async text(): Promise<string> {
    const {file, editor} = this.flags
    if ((file !== undefined || editor) && this.words.length > 0)
      throw usageError(
        'TEXT_TWICE',
        `The text is given twice: on the line, and by --${editor ? 'editor' : 'file'}`,
        'Leave one of them out'
      )
    if (file !== undefined) return (await import('../cli/read-text-file.ts')).readTextFile(file)
    const text = editor ? undefined : this.textOf()
    if (text !== undefined) return text
    if (!editor && !this.mayAsk)
      throw usageError(
        'EMPTY_CAPTURE',
        'There is nothing to capture, and nobody can be asked',
        'mh capture "what happened"'
      )
    const {writeInEditor} = await import('../cli/editor.ts')
    return writeInEditor('', 'memory.md')
  }

  private async described(): Promise<Omit<NewMemory, 'content'>> {
    const {type, tag, at, importance} = this.flags
    return {
      ...(type === undefined ? {} : {type}),
      ...(tag === undefined ? {} : {tags: tag}),
      ...(importance === undefined ? {} : {importance: readImportance(importance)}),
      ...(at === undefined ? {} : {timestamp: await readMoment(at)}),
      ...(this.flags.private ? {private: true} : {})
    }
  }
}

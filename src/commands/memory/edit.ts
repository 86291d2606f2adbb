import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../../cli/base-command.ts'
import {idArg, readImportance} from '../../cli/memory-flags.ts'
import {editMemory, type MemoryEdit} from '../../core/memory/edit.ts'
import {type ShownMemory, showMemory} from '../../core/memory/memories.ts'
import {readMoment} from '../../core/memory/read-filter.ts'

export default class MemoryEditCommand extends MhCommand<typeof MemoryEditCommand> {
  static override summary = 'Change a memory, and keep the version before'
  static override description =
    'Without flags it opens as Markdown in your editor. An edit that is not valid is refused, and your text is kept for another try.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> @last',
    '<%= config.bin %> <%= command.id %> 9f3a61c2 --content "Met Grace for tea" --add-tag people'
  ]
  static override args = {id: idArg}
  static override flags = {
    content: Flags.string({summary: 'The new text', helpValue: '<text>'}),
    'add-tag': Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      summary: 'Add a tag; may be repeated',
      helpValue: '<tag>'
    }),
    'remove-tag': Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      summary: 'Take a tag away; may be repeated',
      helpValue: '<tag>'
    }),
    type: Flags.string({summary: 'Another type', helpValue: '<type>'}),
    importance: Flags.string({summary: 'From 0 to 1', helpValue: '<number>'}),
    at: Flags.string({summary: 'When it happened', helpValue: '<time in words or ISO>'}),
    file: Flags.string({
      summary: 'Take the Markdown from this file, in place of the editor',
      helpValue: '<file>',
      exclusive: ['content', 'add-tag', 'remove-tag', 'type', 'importance', 'at']
    }),
    version: Flags.string({summary: 'Change it only if this is its version', helpValue: '<version>'})
  }

  override async execute(): Promise<ShownMemory> {
    const edit = await this.described()
    const edited =
      Object.keys(edit).length > 0 ? await editMemory(this.args.id, edit, this.flags.version) : await this.asMarkdown()
    this.say(`Edited ${edited.id}. Undo: ${this.config.bin} memory undo ${edited.id}`)
    return edited
  }

  private async asMarkdown(): Promise<ShownMemory> {
    const {editAsMarkdown} = await import('../../cli/edit-as-markdown.ts')
    return editAsMarkdown(await showMemory(this.args.id), {
      file: this.flags.file,
      version: this.flags.version,
      mayAsk: this.mayAsk
    })
  }

  private async described(): Promise<MemoryEdit> {
    const {content, 'add-tag': addTags, 'remove-tag': removeTags, type, importance, at} = this.flags
    return {
      ...(content === undefined ? {} : {content}),
      ...(addTags === undefined ? {} : {addTags}),
      ...(removeTags === undefined ? {} : {removeTags}),
      ...(type === undefined ? {} : {type}),
      ...(importance === undefined ? {} : {importance: readImportance(importance)}),
      ...(at === undefined ? {} : {timestamp: await readMoment(at)})
    }
  }
}

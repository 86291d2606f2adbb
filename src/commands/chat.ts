import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {MhCommand} from '../cli/base-command.ts'
import {takeSignal} from '../cli/signals.ts'
import {
  type ChatAnswer,
  type Conversation,
  type ConversationOptions,
  openConversation,
  type Preview
} from '../core/chat/conversation.ts'
import {usageError} from '../core/errors.ts'
import {MODES} from '../core/persona/mode.ts'

export default class Chat extends MhCommand<typeof Chat> {
  static override summary = 'Ask your persona, which answers from your memories'
  static override description =
    'With a message: one answer. Without, at a terminal: a conversation. Without a language model the built-in recall engine answers by quoting memories.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> "When did I meet Grace?"',
    '<%= config.bin %> <%= command.id %> --continue and where was that',
    'git log | <%= config.bin %> <%= command.id %> "what did I do?" -'
  ]
  static override strict = false
  static override args = {message: Args.string({ignoreStdin: true, description: 'what you say; "-" is standard input'})}
  static override flags = {
    continue: Flags.boolean({char: 'c', summary: 'Go on with the newest conversation', exclusive: ['session']}),
    session: Flags.string({summary: 'Go on with this conversation', helpValue: '<id>'}),
    model: Flags.string({
      summary: 'Answer with this model',
      helpValue: '<id or provider:model>',
      exclusive: ['engine']
    }),
    engine: Flags.string({summary: 'Answer without a language model', options: ['recall']}),
    facet: Flags.string({summary: 'The facet of your persona that answers', helpValue: '<facet>'}),
    mode: Flags.option({options: MODES, summary: 'The mode of this conversation'})(),
    save: Flags.boolean({allowNo: true, default: true, summary: 'Keep the conversation among your memories'}),
    persona: Flags.boolean({
      allowNo: true,
      default: true,
      summary: 'Answer as your persona; --no-persona goes on where its files cannot be read'
    }),
    stream: Flags.boolean({allowNo: true, default: true, summary: 'Print the answer as it comes'}),
    'show-prompt': Flags.boolean({summary: 'Print what would be sent, and send nothing'}),
    memories: Flags.integer({
      char: 'n',
      min: 0,
      max: 100,
      summary: 'Give the engine at most so many memories',
      helpValue: '<number>'
    }),
    'as-message': Flags.boolean({hidden: true, summary: 'What follows is a message, also where it reads as a command'})
  }

  override async execute(): Promise<ChatAnswer | Preview | undefined> {
    const message = this.textOf()
    if (message === undefined) return this.talk()
    const conversation = await openConversation(this.options())
    return this.flags['show-prompt'] ? this.preview(conversation, message) : this.answer(conversation, message)
  }

  private async talk(): Promise<undefined> {
    if (!this.mayAsk || this.flags['show-prompt'])
      throw usageError(
        'EMPTY_MESSAGE',
        'The message is missing, and nobody can be asked',
        'mh chat "what do you want to know?"'
      )
    const {converse} = await import('../cli/converse.ts')
    await converse(this.options(), this.flags.stream)
  }

  private async answer(conversation: Conversation, message: string): Promise<ChatAnswer> {
    const {printAnswer} = await import('../cli/print-answer.ts')
    const stop = new AbortController()
    const giveBack = takeSignal('SIGINT', () => stop.abort())
    try {
      const print = this.jsonEnabled() ? 'nothing' : this.flags.stream ? 'pieces' : 'whole'
      return await printAnswer(conversation, message, {
        print,
        signal: stop.signal,
        ...(this.mayAsk ? {confirm: ({what}) => this.agrees(what)} : {})
      })
    } finally {
      giveBack()
    }
  }

  private async agrees(what: string): Promise<boolean> {
    const {confirm} = await import('../cli/prompts.ts')
    return confirm(`${what}?`)
  }

  private async preview(conversation: Conversation, message: string): Promise<Preview> {
    const preview = await conversation.preview(message, this.mayAsk ? {confirm: async () => false} : {})
    this.say(`--- system ---\n${preview.system}`)
    for (const {role, content} of preview.messages) this.say(`\n--- ${role} ---\n${content}`)
    if (preview.tools.length > 0) this.say(`\n--- tools ---\n${preview.tools.join(', ')}`)
    for (const {id, reason} of preview.heldBack) this.say(`\nHeld back: ${id}, because ${reason}`)
    return preview
  }

  private options(): ConversationOptions {
    const {session, model, engine, facet, mode, save, memories, persona} = this.flags
    const named = engine ?? model
    return {
      save,
      persona,
      newest: this.flags.continue,
      ...(session === undefined ? {} : {session}),
      ...(named === undefined ? {} : {model: named}),
      ...(facet === undefined ? {} : {facet}),
      ...(mode === undefined ? {} : {mode}),
      ...(memories === undefined ? {} : {memories})
    }
  }
}

import {MhCommand} from '../../cli/base-command.ts'
import {printSessions} from '../../cli/print-sessions.ts'
import {listSessions, type Session} from '../../core/chat/sessions.ts'

export default class ChatSessions extends MhCommand<typeof ChatSessions> {
  static override summary = 'List the conversations that were kept, the latest first'
  static override description = 'With more words behind it, it is a message: mh chat sessions about Grace'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  override async execute(): Promise<Session[]> {
    const sessions = await listSessions()
    this.say(await printSessions(sessions))
    return sessions
  }
}

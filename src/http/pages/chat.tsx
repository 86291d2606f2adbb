import type {FC} from 'hono/jsx'
import {streamSSE} from 'hono/streaming'
import {type Conversation, openConversation} from '../../core/chat/conversation.ts'
import {listSessions, type Session, showSession} from '../../core/chat/sessions.ts'
import {MhError} from '../../core/errors.ts'
import {texts} from '../../core/json.ts'
import {memoryStore, type ShownMemory, sessionTurns} from '../../core/memory/memories.ts'
import {readMode} from '../../core/persona/mode.ts'
import {readSettings} from '../../core/settings.ts'
import {permits, requirePermission} from '../../core/users/permissions.ts'
import type {HttpContext} from '../environment.ts'
import {problemOf} from '../problem.ts'
import {Moment} from '../views/moment.tsx'
import {Notice, Refusal} from '../views/notice.tsx'
import {type ShownTurn, Turn} from '../views/turn.tsx'
import {readForm} from './form.ts'
import {refused} from './refused.ts'
import {noteRefusal, showPage} from './show-page.tsx'
import {UnsavedConversations} from './unsaved-conversations.ts'

const SESSIONS = 25

const unsaved = new UnsavedConversations()

/** A conversation, new or gone on with, and the list of those that were kept. */
export async function showChat(c: HttpContext): Promise<Response> {
  const session = c.req.query('session')
  return chatPage(c, session === undefined || session === '' ? undefined : await turnsOf(session))
}

/**
 * Asks. A browser that runs our script is sent the answer as it comes (events `session`, `delta`, then `done` or `error` with HTML for
 * the page); any other gets the page with the whole answer.
 */
export async function askFromForm(c: HttpContext): Promise<Response> {
  const {message = '', session = ''} = await readForm(c)
  const question = {message: message.replaceAll('\r\n', '\n'), session}
  if (c.req.header('accept')?.includes('text/event-stream') === true) return streamAnswer(c, question)
  const asked = await refused(async () => {
    const conversation = await conversationOf(session)
    return ask(c, conversation, question.message, {signal: AbortSignal.any([c.req.raw.signal, c.var.desk.ending])})
  })
  if (!('error' in asked)) return c.redirect(`/chat?session=${encodeURIComponent(asked.value.session)}`, 303)
  const before = session === '' ? undefined : await refused(() => turnsOf(session))
  return chatPage(c, before !== undefined && 'value' in before ? before.value : undefined, message, asked.error)
}

interface Question {
  message: string
  session: string
}

function streamAnswer(c: HttpContext, {message, session}: Question): Response {
  const stopping = new AbortController()
  const signal = AbortSignal.any([stopping.signal, c.var.desk.ending])
  return streamSSE(c, async (stream) => {
    stream.onAbort(() => stopping.abort(new MhError('INTERRUPTED', 'The answer was stopped', {httpStatus: 499})))
    const send = (event: string, data: object): Promise<void> => stream.writeSSE({event, data: JSON.stringify(data)})
    // One after another, and never awaited by the engine: what a slow browser has not taken yet waits in its stream.
    let sent = Promise.resolve()
    const queue = (event: string, data: object): void => {
      sent = sent.then(() => send(event, data)).catch(() => stopping.abort())
    }
    try {
      const conversation = await conversationOf(session)
      queue('session', {session: conversation.session})
      const {turn} = await ask(c, conversation, message, {signal, onText: (text) => queue('delta', {text})})
      queue('done', {html: await htmlOf(<Turn turn={turn} zone={readSettings().timezone} />)})
    } catch (error) {
      if (error instanceof MhError) await noteRefusal(c, error)
      const problem = problemOf(error)
      if (problem.code === 'INTERNAL_ERROR') c.var.desk.report(error)
      queue('error', {html: await htmlOf(<Refusal error={problem} />)})
    }
    await sent
  })
}

const htmlOf = async (element: ReturnType<FC>): Promise<string> => String(await element)

async function conversationOf(session: string): Promise<Conversation> {
  requirePermission('chat')
  // Gone on with by the persona, model and mode that are set now.
  const held = session === '' ? undefined : unsaved.find(session)
  return held === undefined ? openConversation(session === '' ? {} : {session}) : held.conversation.with({})
}

async function ask(
  c: HttpContext,
  conversation: Conversation,
  message: string,
  {signal, onText}: {signal: AbortSignal; onText?: (text: string) => void}
): Promise<{session: string; turn: ShownTurn}> {
  const answer = conversation.ask(message, {
    signal,
    ...(onText === undefined ? {} : {onText}),
    // Nobody can be asked while an answer runs: what would need a yes is told and not done.
    confirm: async () => false
  })
  // What came is kept also where the browser is gone by then, and before the server ends.
  c.var.desk.later(answer.catch(() => {}))
  const {reply, memoriesUsed, model, saved, tools = []} = await answer
  const turn: ShownTurn = {message, reply, cited: memoriesUsed, model, incomplete: false, saved, tools}
  // From the first turn on that is not kept, all of it is held: what is kept says nothing of those in between.
  if (!saved || unsaved.find(conversation.session) !== undefined)
    unsaved.hold(conversation, await keptTurns(conversation.session), turn)
  return {session: conversation.session, turn}
}

interface Shown {
  session: string
  turns: ShownTurn[]
}

/** @throws MhError SESSION_NOT_FOUND (404) */
async function turnsOf(reference: string): Promise<Shown> {
  const held = unsaved.find(reference)
  if (held !== undefined) return {session: held.conversation.session, turns: held.turns}
  const {session, turns} = await showSession(reference)
  return {session, turns: await shownTurns(turns)}
}

/** What was kept of a conversation; nothing where there is none. */
const keptTurns = async (session: string): Promise<ShownTurn[]> => shownTurns(await sessionTurns(session))

async function shownTurns(memories: readonly ShownMemory[]): Promise<ShownTurn[]> {
  const ids = [...new Set(memories.flatMap(({metadata}) => texts(metadata.memoriesUsed)))]
  const found = new Map((await memoryStore().getAll(ids)).map(({event}) => [event.id, event]))
  return memories.map(({content, response = '', metadata}) => ({
    message: content,
    reply: response,
    cited: texts(metadata.memoriesUsed).map((id) => {
      const memory = found.get(id)
      return memory === undefined ? {id} : {id, timestamp: memory.timestamp, content: memory.content}
    }),
    model: typeof metadata.model === 'string' ? metadata.model : null,
    incomplete: metadata.incomplete === true,
    saved: true,
    tools: []
  }))
}

async function chatPage(c: HttpContext, shown?: Shown, message = '', error?: MhError): Promise<Response> {
  const sessions = await listSessions(SESSIONS)
  return showPage(
    c,
    {title: 'Chat', at: '/chat', error},
    <ChatPage shown={shown} sessions={sessions} message={message} />
  )
}

const ChatPage: FC<{shown: Shown | undefined; sessions: Session[]; message: string}> = ({shown, sessions, message}) => {
  const zone = readSettings().timezone
  const mode = readMode().currentMode
  return (
    <>
      <div class="head">
        <h1>Chat</h1>
        {shown === undefined ? null : <a href="/chat">New conversation</a>}
      </div>
      {permits('chat.save').allowed ? null : (
        <Notice kind="warn">
          <p>
            {permits('chat.save').by === 'role'
              ? 'Guests chat without anything being saved.'
              : `In ${mode} mode conversations are not saved.`}
          </p>
        </Notice>
      )}
      <div class="two">
        <div class="stack">
          <div class="turns" id="turns" role="log" aria-label="Conversation">
            {shown === undefined ? (
              <p class="empty">Ask anything that your memories may answer.</p>
            ) : (
              shown.turns.map((turn) => <Turn turn={turn} zone={zone} />)
            )}
          </div>
          <form class="compose fields" method="post" action="/chat" data-chat="" hx-boost="false">
            <input type="hidden" name="session" value={shown?.session ?? ''} />
            <label>
              <span class="unseen">Your message</span>
              <textarea name="message" rows={2} placeholder="What did the plumber say?" autofocus required>
                {`\n${message}`}
              </textarea>
            </label>
            <div class="row end">
              <span class="hint grow">Enter sends, Shift+Enter begins a line</span>
              <button type="button" data-stop="" hidden>
                Stop
              </button>
              <button class="primary" type="submit">
                Send
              </button>
            </div>
          </form>
          <template id="new-turn">
            <div class="turn">
              <p class="said" />
              <div class="answered waiting" />
            </div>
          </template>
        </div>
        <section class="card" id="sessions">
          <h2>Conversations</h2>
          {sessions.length === 0 ? <p class="empty">None was kept yet.</p> : null}
          <ul class="plain items">
            {sessions.map(({session, title, startedAt, turns}) => (
              <li>
                <a
                  class="item-text clamp"
                  href={`/chat?session=${encodeURIComponent(session)}`}
                  {...(session === shown?.session ? {'aria-current': 'page'} : {})}
                >
                  {title}
                </a>
                <p class="meta">
                  <Moment at={startedAt} zone={zone} />
                  <span>{turns === 1 ? 'one turn' : `${turns} turns`}</span>
                </p>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </>
  )
}

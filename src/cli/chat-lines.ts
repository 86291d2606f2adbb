import {createInterface, type Interface} from 'node:readline'
import {addToLineHistory, readLineHistory} from '../core/chat/line-history.ts'

export interface ChatLines {
  interface: Interface
  /** What the person says, message by message; one may have several lines. */
  messages(): AsyncGenerator<string>
  /** Asks for a yes; anything else is a no, and so is a signal that comes first. */
  agrees(question: string, signal: AbortSignal): Promise<boolean>
}

const QUOTES = '"""'

/**
 * Reads the terminal with the person's own history.
 * @param keeps whether what is typed may be kept: where the conversation is
 */
export function openLines(username: string, keeps: () => boolean): ChatLines {
  const prompt = `${username}> `
  const lines = createInterface({
    input: process.stdin,
    output: process.stderr,
    prompt,
    history: readLineHistory().toReversed(),
    historySize: 1000,
    removeHistoryDuplicates: true
  })
  const incoming = lines[Symbol.asyncIterator]()
  lines.on('SIGINT', () => {
    // While an answer comes, Ctrl-C is the answer's.
    if (lines.listenerCount('SIGINT') === 1) lines.close()
  })

  async function next(ask: string): Promise<string | undefined> {
    lines.setPrompt(ask)
    lines.prompt()
    const {value, done} = await incoming.next()
    return done ? undefined : value
  }

  /** The rest of a message that goes on over several lines. */
  async function whole(first: string): Promise<string> {
    const quoted = first.trim() === QUOTES
    const parts = quoted ? [] : [first.slice(0, -1)]
    for (;;) {
      const line = await next('... ')
      if (line === undefined || (quoted && line.trim() === QUOTES)) return parts.join('\n')
      const more = !quoted && line.endsWith('\\')
      parts.push(more ? line.slice(0, -1) : line)
      if (!quoted && !more) return parts.join('\n')
    }
  }

  return {
    interface: lines,
    async *messages() {
      for (;;) {
        const line = await next(prompt)
        if (line === undefined) return
        const goesOn = line.trim() === QUOTES || line.endsWith('\\')
        const text = (goesOn ? await whole(line) : line).trim()
        if (text === '') continue
        if (keeps() && !goesOn) addToLineHistory(text)
        yield text
      }
    },
    async agrees(question, signal) {
      const stopped = new Promise<undefined>((resolve) =>
        signal.addEventListener('abort', () => resolve(undefined), {once: true})
      )
      const answer = await Promise.race([next(question), stopped])
      return /^\s*y(?:es)?\s*$/i.test(answer ?? '')
    }
  }
}

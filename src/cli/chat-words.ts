import {ALONE, WITH_VALUE} from './leading-flags.ts'

const HELP = /^(?:-h|--help)$/

/**
 * Tells messages from commands: `mh chat sessions` and `mh chat show <one word>` are commands, and every other text behind
 * `mh chat` is a message, also one that begins with those words. oclif would take the command for any line that begins so; a flag
 * before the words keeps it from that.
 */
export function markMessages(argv: readonly string[]): string[] {
  const [first, second] = argv
  if (first !== 'chat' || (second !== 'sessions' && second !== 'show')) return [...argv]
  return isCommand(second, argv.slice(2)) ? [...argv] : ['chat', '--as-message', ...argv.slice(1)]
}

function isCommand(name: string, behind: readonly string[]): boolean {
  let words = 0
  for (let at = 0; at < behind.length; at++) {
    const word = behind[at] ?? ''
    if (HELP.test(word)) return true
    if (WITH_VALUE.test(word)) at++
    else if (!ALONE.test(word)) {
      // A flag of chat itself, or "-" and "--": whoever writes that means a message.
      if (word.startsWith('-')) return false
      words++
    }
  }
  return words === (name === 'show' ? 1 : 0)
}

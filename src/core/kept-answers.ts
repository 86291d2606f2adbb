import {Looks, noteLooks} from './looks.ts'

const MOST = 200
/** Characters. */
const LARGEST = 64 * 1024

const kept = new Map<string, {answer: Uint8Array<ArrayBuffer>; looks: Looks}>()

/**
 * What `work` answers, or answered a moment ago where everything that it looked at is as it was: each file and each index is looked at
 * again before anything is given again. For what a server is asked over and over, by a page that is open or by a script. `work` must read
 * through glance.ts, and write nothing.
 * @param key says what is asked, and by whom
 * @param longest for so many milliseconds: time itself changes answers (what is overdue, how much of the disk is free)
 * @returns the answer in UTF-8, not to be changed
 */
export async function keptAnswer(
  key: string,
  longest: number,
  work: () => Promise<string>
): Promise<Uint8Array<ArrayBuffer>> {
  const known = kept.get(key)
  if (known !== undefined && (await known.looks.hold())) return known.answer
  const looks = new Looks()
  looks.holdUntil(Date.now() + longest)
  const answer = Buffer.from(await noteLooks(looks, work))
  kept.delete(key)
  if (key.length + answer.length <= LARGEST && looks.willTell()) keep(key, answer, looks)
  return answer
}

function keep(key: string, answer: Uint8Array<ArrayBuffer>, looks: Looks): void {
  const [oldest] = kept.keys()
  if (kept.size >= MOST && oldest !== undefined) kept.delete(oldest)
  kept.set(key, {answer, looks})
}

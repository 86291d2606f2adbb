import * as Flags from '@oclif/core/flags'
import {ux} from '@oclif/core/ux'
import {MhCommand} from '../cli/base-command.ts'
import {describeError} from '../cli/describe-error.ts'
import {openInBrowser} from '../cli/open-in-browser.ts'
import {takeSignal} from '../cli/signals.ts'
import {usageError} from '../core/errors.ts'
import {keepHeapSmall} from '../core/small-heap.ts'
import {issueSignInLink} from '../core/users/sign-in.ts'
import type {RunningServer} from '../http/server.ts'

/** What is told when the server is ready. */
interface Ready {
  url: string
  /** Signs the active person in once, within a minute; null where nobody is active. */
  link: string | null
  /** Lets one person make the first account; null where there are accounts. */
  setupToken: string | null
}

/** So long may what is left take to end by itself. */
const LEAVE_MS = 1000

export default class Serve extends MhCommand<typeof Serve> {
  static override summary = 'Show mh to browsers and scripts, with sign-in'
  static override description =
    'Ctrl-C ends it, after what was begun is done. The link that it prints signs you in once, within a minute.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --open',
    '<%= config.bin %> <%= command.id %> --port 8080 --public-url https://mh.example.org'
  ]
  static override person = 'bootstrap' as const
  static override flags = {
    port: Flags.integer({
      min: 0,
      max: 65_535,
      default: 4321,
      summary: 'Where it listens; 0 takes any that is free',
      helpValue: '<port>'
    }),
    host: Flags.string({default: '127.0.0.1', summary: 'Address that it listens on', helpValue: '<address>'}),
    'allow-remote': Flags.boolean({summary: 'Let other machines reach it, without encryption'}),
    'public-url': Flags.string({
      summary: 'The address by which people reach it through a proxy with TLS',
      helpValue: '<https address>'
    }),
    open: Flags.boolean({summary: 'Open it in a browser, signed in'})
  }

  override async execute(): Promise<void> {
    const server = await this.start()
    const ended = this.untilEnded()
    const ready = await this.ready(server)
    if (this.jsonEnabled()) ux.stdout(JSON.stringify(ready, null, 2))
    else this.tell(ready)
    if (this.flags.open) openInBrowser(ready.link ?? addressOf(ready), (message) => this.note(message))
    await ended
    this.note('Ending: what was begun is done first.')
    await server.close()
    // Everything is written by now; a connection to a model that does not let go keeps nobody waiting.
    setTimeout(() => process.exit(), LEAVE_MS).unref()
  }

  /** The JSON was printed when the server was ready; its end has none. */
  override logJson(): void {}

  private async start(): Promise<RunningServer> {
    // So many may wait for the disk at once, which syncs many files in the time of one. Read when the first of them comes to wait.
    process.env.UV_THREADPOOL_SIZE ??= '16'
    const {port, host, 'public-url': address} = this.flags
    const {isLocal, startServer} = await import('../http/server.ts')
    keepHeapSmall()
    if (!isLocal(host)) this.requireRemote(host)
    return startServer({
      port,
      host,
      ...(address === undefined ? {} : {publicUrl: readAddress(address)}),
      report: (error) => ux.stderr(this.describe(error))
    })
  }

  private requireRemote(host: string): void {
    if (!this.flags['allow-remote'])
      throw usageError(
        'REMOTE_NOT_ALLOWED',
        `${JSON.stringify(host)} can be reached by other machines`,
        'Say --allow-remote if that is meant: passwords and diaries then go over the network without encryption'
      )
    this.note(
      `Note: every machine that reaches ${host} can try to sign in here, and nothing is encrypted: whoever listens on the network reads passwords and diaries. Put a proxy with TLS before it (--public-url).`
    )
  }

  private async ready({url, setup}: RunningServer): Promise<Ready> {
    const user = this.identity?.user
    return {
      url,
      link: user === undefined ? null : `${url}/link/${await issueSignInLink(user)}`,
      setupToken: user === undefined ? setup.secret : null
    }
  }

  private tell(ready: Ready): void {
    this.say(`mh is at ${ready.url}`)
    if (ready.link !== null)
      this.say(`This signs ${this.identity?.user.username} in, once, within a minute: ${ready.link}`)
    if (ready.setupToken !== null)
      this.say(
        `Nobody has an account yet. Make the first at ${addressOf(ready)} with this setup token: ${ready.setupToken}`
      )
    this.note('Ctrl-C ends it.')
  }

  /** The first signal ends the server in order, the next one at once. */
  private untilEnded(): Promise<void> {
    return new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) takeSignal(signal, resolve)
    })
  }

  private describe(error: unknown): string {
    const {message, stack} = describeError(error as Error, 'mh serve')
    return `Error: ${stack ?? message}`
  }
}

const addressOf = ({url, setupToken}: Ready): string => (setupToken === null ? url : `${url}/register`)

/** @throws MhError INVALID_ADDRESS (exit 2) */
function readAddress(text: string): URL {
  const url = URL.parse(text)
  if (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    url.search === '' &&
    url.username === ''
  )
    return url
  throw usageError('INVALID_ADDRESS', `${JSON.stringify(text)} is no address of a server`, 'Use https://mh.example.org')
}

import {onTestFinished} from 'vitest'
import {enterContext} from '../../src/core/backend.ts'
import type {UserContext} from '../../src/core/context.ts'
import {setPassword} from '../../src/core/users/passwords.ts'
import {type RunningServer, startServer} from '../../src/http/server.ts'

/** Passwords of the people that tests make. */
export const PASSWORD = 'quiet otters juggle lanterns'

export interface Answer {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: each route has its own shape, which the tests look into
  json: any
}

export interface AskOptions {
  method?: string
  /** Sent as JSON. */
  json?: unknown
  body?: string | Uint8Array
  headers?: Record<string, string>
}

/** What keeps cookies, as a browser does, and nothing else. */
export interface Browser {
  cookies: Map<string, string>
  ask(path: string, options?: AskOptions): Promise<Answer>
  signIn(username: string, password?: string): Promise<Answer>
}

export interface Web extends RunningServer {
  /** Mistakes of the program that it reported. */
  reported: unknown[]
  browser(): Browser
  /** Whoever is signed in by a password; it is set first. */
  as(user: UserContext): Promise<Browser>
}

/** A real server on this machine over the data root of the test. Ends with the test. */
export async function startWeb(options: Partial<Parameters<typeof startServer>[0]> = {}): Promise<Web> {
  const reported: unknown[] = []
  const server = await startServer({
    port: 0,
    host: '127.0.0.1',
    report: (error) => reported.push(error),
    ...options
  })
  onTestFinished(() => server.close())
  const browser = (): Browser => browserOf(server.url)
  return {
    ...server,
    reported,
    browser,
    async as(user) {
      await enterContext(user, () => setPassword(undefined, PASSWORD))
      const made = browser()
      const {status, text} = await made.signIn(user.username)
      if (status !== 200) throw new Error(text)
      return made
    }
  }
}

/** A browser of the server at `url`. */
export function browserOf(url: string): Browser {
  const cookies = new Map<string, string>()
  const browser: Browser = {
    cookies,
    async ask(path, {method, json, body, headers = {}} = {}) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const sent = json === undefined ? body : JSON.stringify(json)
      const response = await fetch(`${url}${path}`, {
        method: method ?? (sent === undefined ? 'GET' : 'POST'),
        redirect: 'manual',
        headers: {
          ...(cookie === '' ? {} : {cookie}),
          ...(json === undefined ? {} : {'content-type': 'application/json'}),
          ...headers
        },
        ...(sent === undefined ? {} : {body: sent})
      })
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (/max-age=0/i.test(line)) cookies.delete(name)
        else cookies.set(name, value)
      }
      const text = await response.text()
      return {
        status: response.status,
        headers: response.headers,
        text,
        get json() {
          return JSON.parse(text)
        }
      }
    },
    signIn: (username, password = PASSWORD) => browser.ask('/api/auth/login', {json: {username, password}})
  }
  return browser
}

import {execFile} from 'node:child_process'
import {accessSync, constants, existsSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {delimiter, join} from 'node:path'
import {promisify} from 'node:util'
import type {Browser, BrowserContextOptions, Page} from 'playwright-core'
import {expect, onTestFinished} from 'vitest'
import type {Served} from './serve.ts'

const run = promisify(execFile)

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium'
]
const MISSING = 'No Chromium or Chrome was found: the tests of the pages need one (Debian: apt-get install chromium)'

/**
 * The path of a browser to test pages with. As root on Debian one is installed where there is none; else the tests of pages are skipped.
 * @returns undefined where there is none
 * @throws where there is none and CI is set: a run that has to count must not pass without these tests
 */
export async function findBrowser(): Promise<string | undefined> {
  const found = installed() ?? (await install())
  if (found !== undefined) return found
  if (process.env.CI) throw new Error(MISSING)
  process.stderr.write(`${MISSING}\n`)
  return undefined
}

/** Starts that browser. Whoever starts it closes it. */
export async function startBrowser(executablePath: string): Promise<Browser> {
  const {chromium} = await import('playwright-core')
  // Chromium refuses its sandbox to root, and /dev/shm is small in containers.
  const args = [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-dev-shm-usage', '--disable-lcd-text']
  return chromium.launch({executablePath, args})
}

/**
 * A page of a browser that nobody used before. At the test's end it is closed, and it fails the test where a script threw, where the pages'
 * policy stopped something, or where anything was asked of another server.
 */
export async function visit(
  browser: Browser,
  {url}: Pick<Served, 'url'>,
  options: BrowserContextOptions = {}
): Promise<Page> {
  const context = await browser.newContext({baseURL: url, ...options})
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  const trouble: string[] = []
  context.on('weberror', (error) => trouble.push(error.error().message))
  context.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      trouble.push(message.text())
  })
  context.on('request', (request) => {
    if (!request.url().startsWith(url)) trouble.push(`asked for ${request.url()}`)
  })
  onTestFinished(async () => {
    await context.close()
    expect(trouble).toEqual([])
  })
  return page
}

function installed(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...ELSEWHERE].find(isExecutable)
}

/** Once, also where several files of tests want it at the same time: whoever comes second waits, and then finds it. */
async function install(): Promise<string | undefined> {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return undefined
  const commands =
    'command -v chromium || { apt-get update && apt-get install -y --no-install-recommends chromium fonts-dejavu-core; }'
  try {
    await run('flock', [join(tmpdir(), 'mh-install-browser.lock'), 'sh', '-c', commands], {
      env: {...process.env, DEBIAN_FRONTEND: 'noninteractive'},
      maxBuffer: 64 * 1024 * 1024
    })
  } catch (error) {
    process.stderr.write(`Chromium could not be installed: ${(error as Error).message.split('\n')[0]}\n`)
  }
  return installed()
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

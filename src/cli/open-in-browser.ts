import {spawn} from 'node:child_process'

/** What opens an address on each system. */
const OPENERS: Partial<Record<NodeJS.Platform, [command: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler']
}

/**
 * Opens an address in the person's browser and does not wait for it.
 * @param tell is told where there is nothing that opens it
 */
export function openInBrowser(address: string, tell: (message: string) => void): void {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open']
  const opener = spawn(command, [...args, address], {stdio: 'ignore', detached: true})
  opener.on('error', () => tell(`No browser could be opened. Open it yourself: ${address}`))
  opener.unref()
}

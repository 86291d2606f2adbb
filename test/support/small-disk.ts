import {execFileSync} from 'node:child_process'
import {mkdirSync} from 'node:fs'
import {onTestFinished} from 'vitest'

/**
 * Makes a folder that is a small disk of its own, in the memory of the machine, until the test ends.
 * @param size as mount takes it: "6m"
 * @returns why there is none: mounting is for root only, and not everywhere
 */
export function smallDisk(folder: string, size: string): string | undefined {
  mkdirSync(folder, {recursive: true})
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', folder], {stdio: 'pipe'})
  } catch (error) {
    return `nothing can be mounted here: ${String((error as {stderr?: Buffer}).stderr ?? error)}`
  }
  onTestFinished(() => {
    execFileSync('umount', [folder])
  })
  return undefined
}

import {execute} from '@oclif/core/execute'
import type {PJSON} from '@oclif/core/interfaces'
import pjson from '../package.json' with {type: 'json'}
import {markMessages} from './cli/chat-words.ts'
import {moveLeadingFlags} from './cli/leading-flags.ts'

/**
 * Runs the command line of this process. `root` is the folder that package.json and oclif.manifest.json lie in. Resolves
 * when the command is done; an error ends the process with its exit code.
 */
export const run = (root: string): Promise<unknown> =>
  execute({
    args: markMessages(moveLeadingFlags(process.argv.slice(2))),
    loadOptions: {root, pjson: pjson as unknown as PJSON, userPlugins: false}
  })

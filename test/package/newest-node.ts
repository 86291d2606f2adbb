import {execFileSync} from 'node:child_process'
import {join} from 'node:path'

/** The newest line of Node. package.json says which one mh asks for, and the devDependency `node` is of that. */
export const NEWEST = 26

/** Brings the newest Node from the registry, into that folder only. @returns the path of its program */
export const newestNode = (folder: string): string =>
  execFileSync('npx', ['--yes', '--package', `node@${NEWEST}`, 'node', '--print', 'process.execPath'], {
    encoding: 'utf8',
    env: {...process.env, npm_config_cache: join(folder, 'npm')}
  }).trim()

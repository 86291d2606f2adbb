import {lstatSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {type FileHandle, open} from 'node:fs/promises'
import {basename, dirname, join, resolve} from 'node:path'
import {conflict, errno, type MhError, usageError} from '../../errors.ts'
import {syncFolder} from '../../files.ts'
import type {EpisodicEvent} from '../event.ts'
import {requireWritable} from '../named-paths.ts'
import {markdownName, toMarkdown} from './markdown.ts'

/** Where memories are written one after another. */
export interface ExportTarget {
  write(event: EpisodicEvent): Promise<void>
  /** What was written takes its place. */
  finish(): Promise<void>
  /** What was begun is removed. */
  abandon(): Promise<void>
}

/** So much text is written at once. In characters. */
const BLOCK = 256 * 1024

/**
 * A file of JSON lines, 0600. It is written beside its place and takes it when it is whole: a run that ends early leaves the file
 * that was there. A pipe or a device is written to as it is.
 * @throws MhError OUTPUT_NOT_WRITABLE (exit 2), PATH_NOT_ALLOWED (exit 4)
 */
export async function openFile(named: string): Promise<ExportTarget> {
  const {path, kind} = place(named)
  if (kind === 'folder') throw notWritable(named, 'it is a folder', 'Name a file, or say --format markdown')
  const written = kind === 'other' ? path : join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  let handle: FileHandle
  try {
    handle = await open(written, kind === 'other' ? 'w' : 'wx', 0o600)
  } catch (error) {
    throw notWritable(named, `it cannot be written (${errno(error)})`)
  }
  let waiting = ''
  const flush = async (): Promise<void> => {
    const text = waiting
    waiting = ''
    if (text !== '') await handle.appendFile(text)
  }
  return {
    async write(event) {
      waiting += `${JSON.stringify(event)}\n`
      if (waiting.length >= BLOCK) await flush()
    },
    async finish() {
      await flush()
      if (kind !== 'other') await handle.sync()
      await handle.close()
      if (kind === 'other') return
      renameSync(written, path)
      syncFolder(dirname(path))
    },
    async abandon() {
      await handle.close()
      if (kind !== 'other') rmSync(written, {force: true})
    }
  }
}

/**
 * A folder of Markdown, one file a memory: 0700 where it is made, its files 0600.
 * @throws MhError OUTPUT_EXISTS (exit 5) where something is in it, OUTPUT_NOT_WRITABLE (exit 2), PATH_NOT_ALLOWED (exit 4)
 */
export async function openFolder(named: string): Promise<ExportTarget> {
  const {path, kind} = place(named)
  if (kind === 'file' || kind === 'other') throw notWritable(named, 'it is no folder', 'Name a folder for Markdown')
  try {
    if (kind === 'nothing') mkdirSync(path, 0o700)
    else if (readdirSync(path).length > 0)
      throw conflict('OUTPUT_EXISTS', `The folder ${named} is not empty`, 'Name one that is not there yet')
  } catch (error) {
    throw errno(error) === undefined || errno(error) === 'OUTPUT_EXISTS'
      ? error
      : notWritable(named, `it cannot be written (${errno(error)})`)
  }
  return {
    async write(event) {
      writeFileSync(join(path, markdownName(event)), toMarkdown(event), {flag: 'wx', mode: 0o600})
    },
    async finish() {
      syncFolder(path)
    },
    async abandon() {
      // Nothing was in it before.
      for (const name of readdirSync(path)) rmSync(join(path, name))
      if (kind === 'nothing') rmSync(path, {recursive: true})
    }
  }
}

/**
 * A place that a person named, and what is there. Links are resolved: what they lead to is meant.
 * @throws MhError OUTPUT_NOT_WRITABLE (exit 2), PATH_NOT_ALLOWED (exit 4)
 */
export function place(named: string): {path: string; kind: 'nothing' | 'file' | 'folder' | 'other'} {
  const path = realPlace(named)
  requireWritable(named, path)
  const stat = statSync(path, {throwIfNoEntry: false})
  if (stat === undefined) return {path, kind: 'nothing'}
  return {path, kind: stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other'}
}

function realPlace(named: string): string {
  const path = resolve(named)
  try {
    if (lstatSync(path, {throwIfNoEntry: false}) !== undefined) return realpathSync(path)
    return join(realpathSync(dirname(path)), basename(path))
  } catch (error) {
    throw notWritable(
      named,
      errno(error) === 'ENOENT' ? 'there is no such folder' : `it cannot be reached (${errno(error)})`
    )
  }
}

export const notWritable = (named: string, reason: string, hint?: string): MhError =>
  usageError('OUTPUT_NOT_WRITABLE', `Cannot write to ${named}: ${reason}`, hint)

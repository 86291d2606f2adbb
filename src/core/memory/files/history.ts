import {unlinkSync} from 'node:fs'
import {join} from 'node:path'
import {changeProfile} from '../../change.ts'
import {requireUserContext} from '../../context.ts'
import {ensureFolder, namesIn, place, syncFolder} from '../../files.ts'
import {notify} from '../../notices.ts'
import {paths} from '../../paths.ts'
import {readMemoryFile} from '../read-file.ts'
import type {EarlierVersion, StoredMemory} from '../store.ts'
import {historyFolder} from './placement.ts'
import {updateEvent} from './update-event.ts'

const UNDONE = 'undone'

/** Earlier versions of a memory, the latest first. A version that cannot be read is told and left out. */
export async function readHistory(id: string): Promise<EarlierVersion[]> {
  const root = paths.root
  const versions = [
    ...readFolder(join(root, historyFolder(id)), false),
    ...readFolder(join(root, historyFolder(id), UNDONE), true)
  ]
  return versions
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.name < b.name ? 1 : -1))
    .map(({name: _name, ...version}) => version)
}

/**
 * Puts the version before the present one back. What is replaced is kept under undone/, so that a second undo goes a step
 * further back, and nothing is lost.
 */
export async function undoEvent(id: string): Promise<StoredMemory | undefined> {
  const folder = join(paths.root, historyFolder(id))
  const steps = readFolder(folder, false).sort((a, b) => (a.name < b.name ? 1 : -1))
  let step = steps[0]
  const undone = await updateEvent(id, {
    change: (event) => {
      // A crash between the keeping and the edit leaves a version that is the present one: the step before it is meant.
      step = steps.find((one) => JSON.stringify(one.event) !== JSON.stringify(event))
      return step?.event ?? event
    },
    history: 'keep',
    audit: (event) => ({category: 'data', event: 'memory_edit_undone', details: {id: event.id}})
  })
  if (undone === undefined || step === undefined) return undefined
  const {name: taken, event: present} = step
  await changeProfile(({root}) => {
    const aside = ensureFolder(root, `${historyFolder(id)}/${UNDONE}`).path
    for (const {name, event} of readFolder(join(root, historyFolder(id)), false)) {
      if (name < taken) continue
      const path = join(root, historyFolder(id), name)
      // The version that came back is the present one, and history no more; the one that it replaced goes aside.
      if (JSON.stringify(event) === JSON.stringify(present)) unlinkSync(path)
      else place({path}, join(aside, `${name.slice(0, -'.json'.length)}-${Date.now().toString(36)}.json`))
    }
    syncFolder(join(root, historyFolder(id)))
    syncFolder(aside)
  })
  return undone
}

function readFolder(folder: string, undone: boolean): (EarlierVersion & {name: string})[] {
  const {userId} = requireUserContext('The history of memories')
  return namesIn(folder).flatMap((name) => {
    if (!name.endsWith('.json')) return []
    const path = join(folder, name)
    const read = readMemoryFile(path, userId)
    if ('event' in read)
      return [{name, event: read.event, version: read.version(), at: new Date(read.mtimeMs).toISOString(), undone}]
    if (!read.gone)
      notify({code: 'UNREADABLE_FILE', message: `${path} is left as it is and was skipped: ${read.reason}`})
    return []
  })
}

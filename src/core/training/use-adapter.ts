import {backend, needsFiles} from '../backend.ts'
import {notFound, usageError} from '../errors.ts'
import {setAdapter} from '../models/change.ts'
import {adaptersOf, readModels} from '../models/registry.ts'
import {alternatives, nearest} from '../nearest.ts'
import {PROFILE_LAYOUT, paths} from '../paths.ts'
import {requirePermission} from '../users/permissions.ts'
import {listStored, type StoredAdapter} from './adapters.ts'

/** The word that stands for no adapter. */
export const NO_ADAPTER = 'none'

export type ListedAdapter = StoredAdapter & {
  /** Whether a model of models.json has it. */
  active: boolean
}

/** The current person's adapters, newest first. */
export async function listAdapters(): Promise<ListedAdapter[]> {
  requirePermission('read')
  if (backend() !== undefined) throw needsFiles('A list of adapters')
  const active = new Set(Object.values(readModels().models).flatMap(adaptersOf))
  return listStored().map((adapter) => ({...adapter, active: active.has(adapter.name)}))
}

/**
 * Notes in models.json that a model has that adapter, and no other; "none" takes it away.
 * @param model an id of models.json; the persona's where it is missing
 * @throws MhError ADAPTER_NOT_FOUND, MODEL_NOT_FOUND (exit 3), NO_MODEL (exit 2), NOT_ALLOWED_FOR_ROLE (exit 4)
 */
export async function useAdapter(
  name: string,
  model?: string
): Promise<{name: string | null; model: string; path: string | null}> {
  requirePermission('model')
  if (backend() !== undefined) throw needsFiles('An adapter')
  const adapter = name === NO_ADAPTER ? undefined : find(name)
  const id = model ?? readModels().defaults.persona ?? undefined
  if (id === undefined)
    throw usageError(
      'NO_MODEL',
      'No model is set for the persona, so there is none to put an adapter on',
      'Name one: --model <id>'
    )
  // Relative to the profile, so that it holds on another machine and under another name.
  const path = adapter === undefined ? null : `${PROFILE_LAYOUT.adapters}${adapter.path.slice(paths.adapters.length)}`
  await setAdapter(id, adapter === undefined || path === null ? undefined : {name: adapter.name, path})
  return {name: adapter?.name ?? null, model: id, path: adapter?.path ?? null}
}

function find(name: string): StoredAdapter {
  const stored = listStored()
  const found = stored.find((adapter) => adapter.name === name)
  if (found !== undefined) return found
  const near = nearest(
    name,
    stored.map((adapter) => adapter.name)
  )
  throw notFound(
    'ADAPTER_NOT_FOUND',
    `There is no adapter ${JSON.stringify(name)}`,
    near.length > 0 ? `Did you mean ${alternatives(near)}?` : 'mh adapter list shows what is there'
  )
}

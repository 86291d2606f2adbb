import {addModel, removeModel, useModel} from '../../core/models/change.ts'
import {discoverModels} from '../../core/models/discover.ts'
import {listModels} from '../../core/models/list.ts'
import {tryModel} from '../../core/models/try-model.ts'
import {readUsage} from '../../core/models/usage.ts'
import {DAY_MS} from '../../core/time.ts'
import {isAdministrator, requireAdministrator} from '../../core/users/permissions.ts'
import type {HttpContext} from '../environment.ts'
import {done} from './done.tsx'
import {readForm} from './form.ts'
import {ModelsPage, type ModelsTold, USAGE_DAYS} from './models-view.tsx'
import {refused} from './refused.ts'
import {showPage} from './show-page.tsx'

/** The models, which of them has which role, and how much was used. */
export const showModels = (c: HttpContext): Promise<Response> => modelsPage(c)

export async function useModelFromForm(c: HttpContext): Promise<Response> {
  const {model = '', role = '', mode = ''} = await readForm(c)
  const used = await refused(() => useModel(model, role, mode === '' ? undefined : mode))
  return 'error' in used ? modelsPage(c, {error: used.error}) : done(c, '/models', 'saved')
}

export async function addModelFromForm(c: HttpContext): Promise<Response> {
  const fields = await readForm(c)
  const added = await refused(() => {
    const {id = '', provider = '', model = '', baseURL = '', apiKeyEnv = ''} = fields
    // Whoever chooses where a key is sent can take it.
    if (baseURL !== '' || apiKeyEnv !== '') requireAdministrator('Setting the address or the key of a model over HTTP')
    return addModel({
      id: id.trim() || model.trim(),
      provider,
      model: model.trim(),
      ...(baseURL === '' ? {} : {baseURL: baseURL.trim()}),
      ...(apiKeyEnv === '' ? {} : {apiKeyEnv: apiKeyEnv.trim()})
    })
  })
  return 'error' in added ? modelsPage(c, {error: added.error, typed: fields}) : done(c, '/models', 'added')
}

export async function removeModelFromForm(c: HttpContext): Promise<Response> {
  const removed = await refused(() => removeModel(c.req.param('id') ?? ''))
  return 'error' in removed ? modelsPage(c, {error: removed.error}) : done(c, '/models', 'removed')
}

/** Asks the model of a role for a word. */
export async function testModelFromForm(c: HttpContext): Promise<Response> {
  const {role = ''} = await readForm(c)
  const tried = await refused(() => tryModel(role, c.req.raw.signal))
  return modelsPage(c, 'error' in tried ? {error: tried.error} : {trial: tried.value})
}

/** Looks which servers on this machine answer. */
export const discoverFromForm = async (c: HttpContext): Promise<Response> =>
  modelsPage(c, {found: await discoverModels()})

async function modelsPage(c: HttpContext, told: ModelsTold = {}): Promise<Response> {
  const {defaults, models} = await listModels(false)
  return showPage(
    c,
    {title: 'Models', at: '/models', error: told.error},
    <ModelsPage
      models={models}
      defaults={defaults}
      usage={await readUsage(Date.now() - USAGE_DAYS * DAY_MS)}
      administrator={isAdministrator(c.var.person)}
      told={told}
    />
  )
}

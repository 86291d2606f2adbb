import type {FC} from 'hono/jsx'
import {conflict, type MhError} from '../../core/errors.ts'
import type {JsonObject} from '../../core/json.ts'
import {readTrust, replacePart, setTrust, showPart} from '../../core/persona/change.ts'
import {createFacet, type Facet, listFacets, useFacet} from '../../core/persona/facets.ts'
import {type PersonaVersion, personaHistory, restorePersona} from '../../core/persona/history.ts'
import {TRUST_LEVELS, type TrustLevel} from '../../core/persona/value.ts'
import {readSettings} from '../../core/settings.ts'
import {permits} from '../../core/users/permissions.ts'
import type {HttpContext} from '../environment.ts'
import {FacetColour} from '../views/facet-colour.tsx'
import {Choice, Field, TextField} from '../views/fields.tsx'
import {Moment} from '../views/moment.tsx'
import {Notice} from '../views/notice.tsx'
import {type Done, done} from './done.tsx'
import {type FormFields, readForm} from './form.ts'
import {changedCore, fieldsOfCore, TRAITS} from './persona-fields.ts'
import {refused} from './refused.ts'
import {showPage} from './show-page.tsx'

/** Who answers: the persona, its facets, how far it may go by itself, and its earlier versions. */
export const showPersona = (c: HttpContext): Promise<Response> => personaPage(c)

/** Saves the persona's form as one version. Where the persona was changed meanwhile, what the person wrote stays in the form. */
export async function changePersona(c: HttpContext): Promise<Response> {
  const fields = await readForm(c)
  const changed = await refused(async () => {
    const {document, version} = await showPart('core')
    // Only what this page shows is replaced: it must be what the person saw.
    if (fields.version !== version) throw conflict('STALE_VERSION', 'The persona was changed meanwhile')
    return replacePart('core', changedCore(document, fields), version)
  })
  return 'error' in changed ? personaPage(c, fields, changed.error) : done(c, '/persona', 'saved')
}

export const useFacetFromForm = (c: HttpContext): Promise<Response> =>
  act(c, 'changed', ({facet = ''}) => useFacet(facet))

export const createFacetFromForm = (c: HttpContext): Promise<Response> =>
  act(c, 'added', ({name = '', description = '', from = ''}) =>
    createFacet(name.trim(), {
      ...(from === '' ? {} : {from}),
      ...(description.trim() === '' ? {} : {description: description.trim()})
    })
  )

export const setTrustFromForm = (c: HttpContext): Promise<Response> =>
  act(c, 'saved', ({trust = ''}) => setTrust(trust))

export const restorePersonaFromForm = (c: HttpContext): Promise<Response> =>
  act(c, 'restored', ({version = ''}) => restorePersona(Number(version)))

async function act(c: HttpContext, what: Done, fn: (fields: FormFields) => Promise<unknown>): Promise<Response> {
  const fields = await readForm(c)
  const acted = await refused(() => fn(fields))
  return 'error' in acted ? personaPage(c, undefined, acted.error) : done(c, '/persona', what)
}

async function personaPage(c: HttpContext, typed?: FormFields, error?: MhError): Promise<Response> {
  const {document, version} = await showPart('core')
  const stale = error?.code === 'STALE_VERSION'
  return showPage(
    c,
    {title: 'Persona', at: '/persona', error, quiet: stale},
    <PersonaPage
      core={document}
      version={version}
      typed={typed}
      stale={stale}
      facets={await listFacets()}
      trust={readTrust()}
      history={await personaHistory()}
    />
  )
}

interface Props {
  core: JsonObject
  version: string
  /** What the person wrote and could not be kept. */
  typed: FormFields | undefined
  stale: boolean
  facets: {active: string; facets: Facet[]}
  trust: TrustLevel
  history: PersonaVersion[]
}

const PersonaPage: FC<Props> = ({core, version, typed, stale, facets, trust, history}) => {
  const fields = typed ?? fieldsOfCore(core)
  const mayChange = permits('persona').allowed
  return (
    <>
      <h1>Persona</h1>
      {stale ? (
        <Notice kind="warn">
          <strong>The persona was changed meanwhile, so yours was not kept yet.</strong>
          <p>
            What you wrote is in the form. Save again to replace what stands there now, or{' '}
            <a href="/persona">drop yours</a>.
          </p>
        </Notice>
      ) : null}
      <div class="two">
        <section class="card">
          <h2>Who answers</h2>
          <form class="fields" method="post" action="/persona">
            <input type="hidden" name="version" value={version} />
            <div class="pair">
              <Field label="Name" name="name" value={fields.name} />
              <Field label="Role" name="role" value={fields.role} />
            </div>
            <TextField label="Purpose" name="purpose" value={fields.purpose} />
            <div class="pair">
              <Field label="Tone" name="tone" value={fields.tone} hint="With commas between" />
              <Field label="Humour" name="humor" value={fields.humor} />
            </div>
            <div class="pair">
              <Field label="Formality" name="formality" value={fields.formality} />
              <Field label="Verbosity" name="verbosity" value={fields.verbosity} />
            </div>
            <fieldset>
              <legend>Traits, from 0 to 1</legend>
              <div class="traits">
                {TRAITS.map((trait) => (
                  <label>
                    {trait}
                    <input
                      type="number"
                      name={trait}
                      value={fields[trait]}
                      min="0"
                      max="1"
                      step="any"
                      inputmode="decimal"
                    />
                  </label>
                ))}
              </div>
            </fieldset>
            <TextField label="Values" name="values" value={fields.values} hint="One a line, as “name: what it means”" />
            <TextField label="Boundaries" name="boundaries" value={fields.boundaries} hint="One a line" />
            {mayChange ? (
              <div class="row">
                <button class="primary" type="submit">
                  {stale ? 'Save mine' : 'Save'}
                </button>
              </div>
            ) : (
              <p class="hint">It cannot be changed in this mode or role.</p>
            )}
          </form>
        </section>
        <div class="stack">
          <Facets facets={facets} mayChange={mayChange} />
          <section class="card">
            <h2>What its tools may do</h2>
            <form class="fields" method="post" action="/persona/trust">
              <Choice label="Trust" name="trust" value={trust} options={TRUST_LEVELS.map((one) => [one, TRUST[one]])} />
              {mayChange ? (
                <div class="row">
                  <button type="submit">Set</button>
                </div>
              ) : null}
            </form>
          </section>
          <History history={history} mayChange={mayChange} />
        </div>
      </div>
    </>
  )
}

const TRUST: Record<TrustLevel, string> = {
  observe: 'Observe: read only',
  suggest: 'Suggest: ask before writing',
  supervised_auto: 'Supervised: capture and add tasks',
  bounded_auto: 'Bounded: change tasks, too'
}

const Facets: FC<{facets: Props['facets']; mayChange: boolean}> = ({facets: {active, facets}, mayChange}) => (
  <section class="card">
    <h2>Facets</h2>
    <form class="fields" method="post" action="/persona/facet">
      <fieldset>
        <legend class="unseen">The side of the persona that answers</legend>
        {facets
          .filter(({enabled}) => enabled)
          .map(({name, description, color}) => (
            <label class="choice">
              <input type="radio" name="facet" value={name} checked={name === active} />
              <span>
                <FacetColour color={color} /> {name}
                <span class="hint">{description}</span>
              </span>
            </label>
          ))}
      </fieldset>
      {mayChange ? (
        <div class="row">
          <button type="submit">Use this facet</button>
        </div>
      ) : null}
    </form>
    {mayChange ? (
      <details>
        <summary>New facet</summary>
        <form class="fields" method="post" action="/persona/facets">
          <Field label="Name" name="name" placeholder="gardener" required />
          <Field label="Description" name="description" />
          <Choice
            label="Begins as"
            name="from"
            options={[['', 'the core'], ...facets.map(({name}) => [name, name] as const)]}
          />
          <div class="row">
            <button type="submit">Make it</button>
          </div>
        </form>
      </details>
    ) : null}
  </section>
)

const SHOWN_VERSIONS = 20

const History: FC<{history: PersonaVersion[]; mayChange: boolean}> = ({history, mayChange}) => {
  const zone = readSettings().timezone
  return (
    <section class="card">
      <h2>Earlier versions</h2>
      {history.length < 2 ? <p class="muted">There are none: nothing was changed yet.</p> : null}
      <ul class="plain items">
        {history.slice(1, SHOWN_VERSIONS + 1).map(({version, at, changed}) => (
          <li class="row">
            <div class="grow">
              <p>
                Version {version}, <Moment at={at} zone={zone} />
              </p>
              <p class="muted small">{changed.length === 0 ? 'as it began' : changed.slice(0, 6).join(', ')}</p>
            </div>
            {mayChange ? (
              <form method="post" action="/persona/restore">
                <input type="hidden" name="version" value={String(version)} />
                <button class="small" type="submit" aria-label={`Restore version ${version}`}>
                  Restore
                </button>
              </form>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  )
}

import type {FC} from 'hono/jsx'
import type {MhError} from '../../core/errors.ts'
import type {Discovered} from '../../core/models/discover.ts'
import type {ListedModel} from '../../core/models/list.ts'
import {MODEL_ROLES} from '../../core/models/registry.ts'
import {PROVIDERS, RECALL} from '../../core/models/resolve.ts'
import type {ModelTrial} from '../../core/models/try-model.ts'
import type {UsageOfDay} from '../../core/models/usage.ts'
import {MODES} from '../../core/persona/mode.ts'
import {permits} from '../../core/users/permissions.ts'
import {Choice, Field} from '../views/fields.tsx'
import {Notice, Refusal} from '../views/notice.tsx'
import type {FormFields} from './form.ts'

/** So many days of use are shown. */
export const USAGE_DAYS = 14

/** How what was asked for went, where the page itself tells it. */
export interface ModelsTold {
  error?: MhError
  /** What was typed for a new model and refused. */
  typed?: FormFields
  trial?: ModelTrial
  found?: Discovered[]
}

interface Props {
  models: ListedModel[]
  defaults: Record<string, string | null | undefined>
  usage: UsageOfDay[]
  administrator: boolean
  told: ModelsTold
}

/** The person's models, their roles, and what was used of them. */
export const ModelsPage: FC<Props> = ({models, defaults, usage, administrator, told}) => {
  const mayChange = permits('model').allowed
  return (
    <>
      <h1>Models</h1>
      {told.trial === undefined ? null : <Trial trial={told.trial} />}
      <div class="two">
        <div class="stack">
          <section class="card">
            <h2>Yours</h2>
            {models.length === 0 ? (
              <p class="muted">
                None yet: the built-in engine answers by quoting your memories. It is no language model.
              </p>
            ) : (
              <ul class="plain items">
                {models.map((model) => (
                  <ModelItem model={model} mayChange={mayChange} />
                ))}
              </ul>
            )}
          </section>
          {mayChange ? <Found found={told.found} known={models} /> : null}
          <Usage usage={usage} />
        </div>
        <div class="stack">
          <section class="card">
            <h2>Roles</h2>
            <dl class="facts">
              {MODEL_ROLES.filter((role) => defaults[role]).map((role) => (
                <>
                  <dt>{role}</dt>
                  <dd>{defaults[role]}</dd>
                </>
              ))}
              {defaults.persona ? null : (
                <>
                  <dt>persona</dt>
                  <dd>{defaults.fallback ?? 'recall, built in'}</dd>
                </>
              )}
            </dl>
            {mayChange ? (
              <form class="fields" method="post" action="/models/use">
                <Choice
                  label="Model"
                  name="model"
                  options={[...models.map(({id}) => [id, id] as const), [RECALL, 'recall, built in']]}
                />
                <Choice label="Role" name="role" options={MODEL_ROLES.map((role) => [role, role])} />
                <Choice
                  label="In"
                  name="mode"
                  options={[['', 'every mode'], ...MODES.map((mode) => [mode, `${mode} mode`] as const)]}
                />
                <div class="row">
                  <button class="primary" type="submit">
                    Use it
                  </button>
                </div>
              </form>
            ) : null}
            <form class="row" method="post" action="/models/test">
              <input type="hidden" name="role" value="persona" />
              <button type="submit">Ask it for a word</button>
            </form>
          </section>
          {mayChange ? <NewModel fields={told.typed ?? {}} administrator={administrator} /> : null}
        </div>
      </div>
    </>
  )
}

const ModelItem: FC<{model: ListedModel; mayChange: boolean}> = ({
  model: {id, provider, model, roles, reachable},
  mayChange
}) => (
  <li class="row">
    <div class="grow">
      <p>
        <strong>{id}</strong>
      </p>
      <p class="meta">
        <span>{provider}</span>
        {model === id ? null : <span>{model}</span>}
        {roles.map((role) => (
          <span class="tag">{role}</span>
        ))}
        {reachable === null ? null : reachable ? (
          <span class="state state-good">answers</span>
        ) : (
          <span class="state state-bad">does not answer</span>
        )}
      </p>
    </div>
    {mayChange ? (
      <form method="post" action={`/models/${encodeURIComponent(id)}/remove`}>
        <button class="small" type="submit" aria-label={`Remove ${id}`}>
          Remove
        </button>
      </form>
    ) : null}
  </li>
)

const Trial: FC<{trial: ModelTrial}> = ({trial: {ok, model, latencyMs, error}}) =>
  ok ? (
    <Notice kind="good">
      <p>
        {model ?? 'recall'} answered after {latencyMs} ms.
      </p>
    </Notice>
  ) : (
    <Refusal error={error} />
  )

const Found: FC<{found: Discovered[] | undefined; known: ListedModel[]}> = ({found, known}) => (
  <section class="card">
    <h2>On this machine</h2>
    {found === undefined ? null : found.length === 0 ? (
      <p class="muted">No server of models answers at its usual address.</p>
    ) : (
      <ul class="plain items">
        {found
          .flatMap(({provider, models}) => models.map((model) => ({provider, model})))
          .filter(({model}) => known.every((one) => one.model !== model))
          .map(({provider, model}) => (
            <li class="row">
              <p class="grow">
                {model} <span class="muted small">{provider}</span>
              </p>
              {provider === 'ollama' ? (
                <form method="post" action="/models/use">
                  <input type="hidden" name="model" value={`${provider}:${model}`} />
                  <input type="hidden" name="role" value="persona" />
                  <button class="small" type="submit" aria-label={`Use ${model}`}>
                    Use
                  </button>
                </form>
              ) : null}
            </li>
          ))}
      </ul>
    )}
    <form method="post" action="/models/discover">
      <button type="submit">Look for models</button>
    </form>
  </section>
)

const NewModel: FC<{fields: FormFields; administrator: boolean}> = ({fields, administrator}) => (
  <section class="card">
    <h2>New model</h2>
    <form class="fields" method="post" action="/models">
      <Choice
        label="Provider"
        name="provider"
        value={fields.provider ?? 'ollama'}
        options={Object.keys(PROVIDERS).map((one) => [one, one])}
      />
      <Field label="Model" name="model" value={fields.model} placeholder="llama3:8b" required />
      <Field label="Called" name="id" value={fields.id} hint="As the model, where nothing stands here" />
      {administrator ? (
        <>
          <Field label="Address" name="baseURL" value={fields.baseURL} placeholder="http://127.0.0.1:1234/v1" />
          <Field
            label="Variable with its key"
            name="apiKeyEnv"
            value={fields.apiKeyEnv}
            placeholder="OPENAI_API_KEY"
            hint="The name of a variable of the environment, never the key"
          />
        </>
      ) : (
        <p class="hint">An administrator sets addresses and keys.</p>
      )}
      <div class="row">
        <button type="submit">Add it</button>
      </div>
    </form>
  </section>
)

const Usage: FC<{usage: UsageOfDay[]}> = ({usage}) =>
  usage.length === 0 ? null : (
    <section class="card">
      <h2>
        Used <span class="aside muted">in the last {USAGE_DAYS} days</span>
      </h2>
      <section class="scroll" tabindex={0} aria-label="Use by day">
        <table>
          <thead>
            <tr>
              <th scope="col">Day</th>
              <th scope="col">Model</th>
              <th scope="col">For</th>
              <th scope="col" class="number">
                Calls
              </th>
              <th scope="col" class="number">
                Tokens
              </th>
            </tr>
          </thead>
          <tbody>
            {usage.map(({day, model, agent, calls, tokensIn, tokensOut}) => (
              <tr>
                <td class="nowrap">{day}</td>
                <td>{model}</td>
                <td>{agent}</td>
                <td class="number">{calls}</td>
                <td class="number">{tokensIn + tokensOut}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  )

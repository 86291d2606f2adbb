import type {FC} from 'hono/jsx'
import type {MhError} from '../../core/errors.ts'
import {type CognitiveMode, MODES} from '../../core/persona/mode.ts'
import {type ShownMode, setMode, showMode} from '../../core/persona/set-mode.ts'
import {readSettings} from '../../core/settings.ts'
import {permits} from '../../core/users/permissions.ts'
import type {HttpContext} from '../environment.ts'
import {Moment} from '../views/moment.tsx'
import {done} from './done.tsx'
import {readForm} from './form.ts'
import {refused} from './refused.ts'
import {showPage} from './show-page.tsx'

/** The cognitive mode, and what each one means. */
export const showModePage = (c: HttpContext): Promise<Response> => modePage(c)

export async function setModeFromForm(c: HttpContext): Promise<Response> {
  const {mode = ''} = await readForm(c)
  const set = await refused(() => setMode(mode))
  return 'error' in set ? modePage(c, set.error) : done(c, '/mode', 'changed')
}

const modePage = async (c: HttpContext, error?: MhError): Promise<Response> =>
  showPage(c, {title: 'Mode', at: '/mode', error}, <ModePage shown={await showMode()} />)

const MEANINGS: Record<CognitiveMode, string> = {
  dual: 'The persona learns from everything: conversations are saved, and agents reflect on them.',
  agent:
    'It works: you capture and change as ever, but of conversations only those are saved in which a tool did something.',
  emulation: 'It only answers: nothing is captured, changed or saved.'
}

const ModePage: FC<{shown: ShownMode}> = ({shown: {mode, lastChanged}}) => {
  const mayChange = permits('mode').allowed
  return (
    <>
      <h1>Mode</h1>
      <section class="card">
        <form class="fields" method="post" action="/mode">
          <fieldset>
            <legend class="unseen">Cognitive mode</legend>
            {MODES.map((one) => (
              <label class="choice">
                <input type="radio" name="mode" value={one} checked={one === mode} disabled={!mayChange} />
                <span>
                  {one}
                  <span class="hint">{MEANINGS[one]}</span>
                </span>
              </label>
            ))}
          </fieldset>
          {mayChange ? (
            <div class="row">
              <button class="primary" type="submit">
                Set the mode
              </button>
            </div>
          ) : (
            <p class="hint">Your role does not change the mode.</p>
          )}
        </form>
        {lastChanged === null ? null : (
          <p class="muted small">
            Set <Moment at={lastChanged} zone={readSettings().timezone} />
          </p>
        )}
      </section>
    </>
  )
}

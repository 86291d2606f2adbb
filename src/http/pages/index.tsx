import type {App, HttpContext} from '../environment.ts'
import type {Problem} from '../problem.ts'
import {pauseAgentsFromForm, runAgentFromForm, showAgents, switchAgentFromForm} from './agents.tsx'
import {registerAssets} from './assets.ts'
import {showAudit} from './audit.tsx'
import {captureFromForm} from './capture.tsx'
import {askFromForm, showChat} from './chat.tsx'
import {showMemories} from './memories.tsx'
import {changeMemory, deleteMemory, showMemoryPage, undoMemory} from './memory.tsx'
import {setModeFromForm, showModePage} from './mode.tsx'
import {
  addModelFromForm,
  discoverFromForm,
  removeModelFromForm,
  showModels,
  testModelFromForm,
  useModelFromForm
} from './models.tsx'
import {inviteFromForm, setRegistrationFromForm, setRoleFromForm, showPeople} from './people.tsx'
import {
  changePersona,
  createFacetFromForm,
  restorePersonaFromForm,
  setTrustFromForm,
  showPersona,
  useFacetFromForm
} from './persona.tsx'
import {showProblem} from './problem-page.tsx'
import {
  changePasswordFromForm,
  changeProfileFromForm,
  changeSettingsFromForm,
  createTokenFromForm,
  endSessionFromForm,
  revokeTokenFromForm,
  showProfile
} from './profile.tsx'
import {registerFromForm, showRegistration} from './registration.tsx'
import {openLink, showSignIn, signInFromForm, signOutFromForm} from './sign-in.tsx'
import {showStatus} from './status.tsx'
import {showSwitch, switchFromForm} from './switch-person.tsx'
import {changeTask, changeTaskStatus, deleteTaskFromForm, restoreTaskFromForm, showTaskPage} from './task.tsx'
import {addTaskFromForm, showTasks} from './tasks.tsx'
import {emptyTrashForGood, restoreMemory, showTrash} from './trash.tsx'

/** Every page that people see in a browser, and every form on them. */
export function registerPages(app: App): void {
  registerAssets(app)

  app.get('/', (c) => (c.var.signedInBy === undefined ? showSignIn(c) : showStatus(c)))
  app.get('/sign-in', (c) => showSignIn(c))
  app.post('/sign-in', signInFromForm)
  app.get('/register', (c) => showRegistration(c))
  app.post('/register', registerFromForm)
  app.get('/link/:secret', openLink)
  app.post('/sign-out', signOutFromForm)
  app.get('/switch', showSwitch)
  app.post('/switch', switchFromForm)

  app.post('/capture', captureFromForm)
  app.get('/chat', showChat)
  app.post('/chat', askFromForm)

  app.get('/memories', showMemories)
  app.get('/memories/:id', showMemoryPage)
  app.post('/memories/:id', changeMemory)
  app.post('/memories/:id/delete', deleteMemory)
  app.post('/memories/:id/restore', restoreMemory)
  app.post('/memories/:id/undo', undoMemory)
  app.get('/trash', showTrash)
  app.post('/trash/empty', emptyTrashForGood)

  app.get('/tasks', showTasks)
  app.post('/tasks', addTaskFromForm)
  app.get('/tasks/:id', showTaskPage)
  app.post('/tasks/:id', changeTask)
  app.post('/tasks/:id/status', changeTaskStatus)
  app.post('/tasks/:id/delete', deleteTaskFromForm)
  app.post('/tasks/:id/restore', restoreTaskFromForm)

  app.get('/persona', showPersona)
  app.post('/persona', changePersona)
  app.post('/persona/facet', useFacetFromForm)
  app.post('/persona/facets', createFacetFromForm)
  app.post('/persona/trust', setTrustFromForm)
  app.post('/persona/restore', restorePersonaFromForm)
  app.get('/mode', showModePage)
  app.post('/mode', setModeFromForm)

  app.get('/models', showModels)
  app.post('/models', addModelFromForm)
  app.post('/models/use', useModelFromForm)
  app.post('/models/test', testModelFromForm)
  app.post('/models/discover', discoverFromForm)
  app.post('/models/:id/remove', removeModelFromForm)

  app.get('/agents', showAgents)
  app.post('/agents/pause', pauseAgentsFromForm)
  app.post('/agents/:name/run', runAgentFromForm)
  app.post('/agents/:name/switch', switchAgentFromForm)
  app.get('/audit', showAudit)

  app.get('/profile', showProfile)
  app.post('/profile', changeProfileFromForm)
  app.post('/profile/settings', changeSettingsFromForm)
  app.post('/profile/password', changePasswordFromForm)
  app.post('/profile/sessions/:id/end', endSessionFromForm)
  app.post('/profile/tokens', createTokenFromForm)
  app.post('/profile/tokens/:id/revoke', revokeTokenFromForm)
  app.get('/people', showPeople)
  app.post('/people/invite', inviteFromForm)
  app.post('/people/registration', setRegistrationFromForm)
  app.post('/people/:username/role', setRoleFromForm)
}

/** What a browser shows in place of a page that was refused or is not there. */
export const errorPage = (c: HttpContext, problem: Problem): Response | Promise<Response> => showProblem(c, problem)

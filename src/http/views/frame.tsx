import type {Child, FC} from 'hono/jsx'
import {Document} from './document.tsx'
import {PersonMenu} from './person-menu.tsx'
import type {Viewer} from './viewer.ts'

interface Props {
  viewer: Viewer
  /** Of this page: "Memories". */
  title: string
  /** The entry of the navigation that it belongs to, by its address. */
  at?: string
  children?: Child
}

const ENTRIES: readonly [href: string, name: string][] = [
  ['/', 'Status'],
  ['/chat', 'Chat'],
  ['/memories', 'Memories'],
  ['/tasks', 'Tasks'],
  ['/persona', 'Persona'],
  ['/mode', 'Mode'],
  ['/models', 'Models'],
  ['/agents', 'Agents'],
  ['/audit', 'Audit']
]

/** "Ada's mirror (ada)": whose memory one is looking at, and who is signed in. */
export const nameOfMirror = ({personaName, username}: Pick<Viewer, 'personaName' | 'username'>): string =>
  `${personaName}${/s$/i.test(personaName) ? '’' : "'s"} mirror (${username})`

/** A page of somebody who is signed in. */
export const Frame: FC<Props> = ({viewer, title, at, children}) => {
  const entries = viewer.administrator ? [...ENTRIES, ['/people', 'People'] as const] : ENTRIES
  return (
    <Document title={`${title} · ${nameOfMirror(viewer)}`} theme={viewer.theme}>
      {/* Who clicks twice sends once. */}
      <div hx-boost:inherited="true" hx-sync:inherited="drop">
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <header class="top">
          <div class="bar">
            <a class="title" href="/">
              {nameOfMirror(viewer)}
            </a>
            <PersonMenu viewer={viewer} />
          </div>
          <nav class="nav" aria-label="Pages" hx-sync:inherited="this:replace">
            <ul>
              {entries.map(([href, name]) => (
                <li>
                  <a href={href} {...(href === at ? {'aria-current': 'page'} : {})}>
                    {name}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
        </header>
        <main id="main" tabindex={-1}>
          <div id="trouble" class="notice notice-bad" role="alert" hidden>
            <p>The server did not answer as it should. What you wrote is still here: try again.</p>
          </div>
          <div id="signed-out" class="notice notice-bad" role="alert" hidden>
            <p>
              You are not signed in any more. What you wrote is still here:{' '}
              <a href="/sign-in" target="_blank" rel="noopener">
                sign in in another window
              </a>
              , and then try again.
            </p>
          </div>
          {children}
        </main>
      </div>
    </Document>
  )
}

import type {FC} from 'hono/jsx'
import {Avatar, RoleBadge} from './avatar.tsx'
import type {Viewer} from './viewer.ts'

/** Who is signed in, and what leads to somebody else. A details element, so that it opens and closes without any script, too. */
export const PersonMenu: FC<{viewer: Viewer}> = ({viewer}) => {
  const {username, displayName, role, recent} = viewer
  return (
    <details class="menu">
      <summary>
        <span class="name small">
          <span class="unseen">Menu of </span>
          {displayName}
        </span>
        <Avatar username={username} name={displayName} />
      </summary>
      <div class="menu-body">
        <div class="who">
          <Avatar username={username} name={displayName} large />
          <div>
            <strong>{displayName}</strong>
            <span class="row">
              <span class="muted small">{username}</span>
              <RoleBadge role={role} />
            </span>
          </div>
        </div>
        <div>
          <a href="/profile">Profile and settings</a>
          <a href="/trash">Trash</a>
        </div>
        <div>
          <p class="heading">Switch person</p>
          {recent.map((person) => (
            <SwitchTo {...person} />
          ))}
          <a href="/switch">Somebody else…</a>
        </div>
        {/* Nothing of this person's pages may stay in the browser's memory: a whole new page. */}
        <form method="post" action="/sign-out" hx-boost="false">
          <button type="submit">Sign out</button>
        </form>
      </div>
    </details>
  )
}

const SwitchTo: FC<Viewer['recent'][number]> = ({username, displayName, signedIn}) => {
  const inside = (
    <>
      <Avatar username={username} name={displayName} />
      <span>
        {displayName} <span class="muted small">{signedIn ? username : `${username}, asks for the password`}</span>
      </span>
    </>
  )
  return signedIn ? (
    <form method="post" action="/switch" hx-boost="false">
      <input type="hidden" name="username" value={username} />
      <button type="submit">{inside}</button>
    </form>
  ) : (
    <a href={`/switch?to=${encodeURIComponent(username)}`}>{inside}</a>
  )
}

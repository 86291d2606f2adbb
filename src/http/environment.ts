import type {HttpBindings} from '@hono/node-server'
import type {Context, Hono, MiddlewareHandler} from 'hono'
import type {UserContext} from '../core/context.ts'
import type {Session} from '../core/users/issued/store.ts'
import type {SetupToken} from '../core/users/setup-token.ts'
import type {SignInDesk} from '../core/users/sign-in.ts'

/** What the server is, beside its routes. */
export interface Desk extends SignInDesk {
  setup: SetupToken
  /** The address by which people reach it behind a proxy, or undefined where they come directly. */
  publicUrl: URL | undefined
  /** Aborted when the server is ending: what would go on for long stops. */
  ending: AbortSignal
  /** Tells whoever runs the server of a mistake of this program. */
  report(error: unknown): void
}

/** What a handler finds in its context (`c.var`). */
export interface Variables {
  desk: Desk
  /** Who acts. ANONYMOUS where nobody is signed in; then only the routes of open-routes.ts are reached. */
  person: UserContext
  /** By what they showed who they are; undefined where nobody is signed in. */
  signedInBy: 'session' | 'token' | undefined
  session: Session | undefined
}

export interface HttpEnv {
  Variables: Variables
  Bindings: HttpBindings
}

export type App = Hono<HttpEnv>
export type HttpContext = Context<HttpEnv>
export type Middleware = MiddlewareHandler<HttpEnv>

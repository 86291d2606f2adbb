/**
 * What is reached without signing in. Everything else is refused before its handler is asked, so that a route that somebody adds is
 * closed until it stands here.
 */
const OPEN: readonly RegExp[] = [
  /^(?:GET|HEAD) \/$/,
  /^(?:GET|HEAD) \/assets\/[\w.-]+$/,
  /^(?:GET|HEAD) \/favicon\.(?:ico|svg)$/,
  /^GET \/link\/[\w-]+$/,
  /^(?:GET|HEAD) \/(?:sign-in|register)$/,
  /^POST \/(?:sign-in|register)$/,
  /^POST \/api\/auth\/(?:login|register|logout)$/,
  /^(?:GET|HEAD) \/api\/openapi\.json$/,
  /^(?:GET|HEAD) \/(?:healthz|readyz)$/
]

export const isOpen = (method: string, path: string): boolean => OPEN.some((route) => route.test(`${method} ${path}`))

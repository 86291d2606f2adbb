import type {HttpContext} from '../environment.ts'

/** Says by the ETag which version of a record the answer shows. */
export function showVersion(c: HttpContext, version: string): void {
  c.header('etag', `"${version}"`)
}

/** Whether the client has that version already. */
export const hasVersion = (c: HttpContext, version: string): boolean =>
  tags(c.req.header('if-none-match')).some((tag) => tag === version || tag === '*')

/** The version that the client saw, as its body or If-Match says it; undefined where it does not care. */
export function versionSeen(c: HttpContext, inBody?: string): string | undefined {
  if (inBody !== undefined) return inBody
  const [tag] = tags(c.req.header('if-match'))
  return tag === '*' ? undefined : tag
}

const tags = (header: string | undefined): string[] =>
  (header ?? '')
    .split(',')
    .map((tag) =>
      tag
        .trim()
        .replace(/^W\//, '')
        .replace(/^"(.*)"$/, '$1')
    )
    .filter((tag) => tag !== '')

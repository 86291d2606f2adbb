import type {HttpContext} from '../environment.ts'

/** What a form was filled in with. Of several fields of one name the last counts, and files are none. */
export type FormFields = Record<string, string>

export async function readForm(c: HttpContext): Promise<FormFields> {
  const body = await c.req.parseBody()
  return Object.fromEntries(
    Object.entries(body).filter((field): field is [string, string] => typeof field[1] === 'string')
  )
}

/** The words of a field that commas part. */
export const listIn = (text: string): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')

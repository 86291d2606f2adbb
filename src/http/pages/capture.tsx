import {capture} from '../../core/memory/memories.ts'
import {readMoment} from '../../core/memory/read-filter.ts'
import type {HttpContext} from '../environment.ts'
import {done} from './done.tsx'
import {type FormFields, listIn, readForm} from './form.ts'
import {refused} from './refused.ts'
import {showStatus} from './status.tsx'

/** Keeps what was typed into the form of the start page; where that is refused, it stays there. */
export async function captureFromForm(c: HttpContext): Promise<Response> {
  const fields = await readForm(c)
  const captured = await refused(() => captureFields(fields))
  return 'error' in captured
    ? showStatus(c, {fields, error: captured.error})
    : done(c, '/', 'captured', captured.value.id)
}

async function captureFields({content = '', tags = '', at = '', type = '', private: secret}: FormFields) {
  return capture({
    content: content.replaceAll('\r\n', '\n'),
    tags: listIn(tags),
    ...(type.trim() === '' ? {} : {type: type.trim()}),
    ...(at.trim() === '' ? {} : {timestamp: await readMoment(at)}),
    ...(secret === undefined ? {} : {private: true})
  })
}

import PostalMime, {type Address} from 'postal-mime'
import type {Answered} from '../in-worker.ts'
import {paragraphsOf} from '../split.ts'
import {textOfHtml} from './html.ts'

/** A message: who wrote to whom about what, and its text. Attachments are named and not read. */
export async function readEmail(bytes: Uint8Array): Promise<Answered> {
  const {subject, from, to, cc, date, text, html, attachments} = await PostalMime.parse(new Uint8Array(bytes), {
    maxNestingDepth: 50
  })
  const files = attachments.map(({filename}) => filename ?? 'without a name')
  const head = [
    ['Subject', subject],
    ['From', names(from === undefined ? [] : [from])],
    ['To', names([...(to ?? []), ...(cc ?? [])])],
    ['Attachments', files.join(', ')]
  ].flatMap(([name, value]) => (value ? [`${name}: ${value}`] : []))
  const body = text?.trim() ? paragraphsOf(text) : html === undefined ? [] : textOfHtml(html)
  const time = Date.parse(date ?? '')
  return {
    parts: [{paragraphs: [...(head.length === 0 ? [] : [{text: head.join('\n'), heading: true}]), ...body]}],
    ...(subject ? {title: subject} : {}),
    ...(Number.isNaN(time) ? {} : {timestamp: new Date(time).toISOString()}),
    ...(files.length === 0 ? {} : {remark: `its attachments were not read: ${files.join(', ')}`})
  }
}

const names = (addresses: readonly Address[]): string =>
  addresses
    .flatMap((address) => address.group ?? [address])
    .map(({name, address}) => (name && address ? `${name} <${address}>` : name || (address ?? '')))
    .join(', ')

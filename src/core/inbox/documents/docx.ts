import {convertToHtml, images} from 'mammoth'
import {fromBufferPromise} from 'yauzl'
import type {Answered} from '../in-worker.ts'
import {textOfHtml} from './html.ts'
import {Unreadable} from './unreadable.ts'

/** Text shrinks to a tenth; a document of this size has thousands of pages. */
const LARGEST_UNPACKED = 128 * 1024 * 1024

/** A document of Word: its text with its headings and lists, without its pictures. */
export async function readDocx(bytes: Uint8Array): Promise<Answered> {
  const buffer = Buffer.from(bytes)
  await measure(buffer)
  const {value} = await convertToHtml({buffer}, {convertImage: images.imgElement(async () => ({src: ''}))})
  return {parts: [{paragraphs: textOfHtml(value)}]}
}

/**
 * Unpacks a zip once and throws away what comes: its own word for how large it is cannot be trusted, and what reads the document
 * holds all of it.
 * @throws Unreadable where it is too large, damaged or encrypted
 */
async function measure(buffer: Buffer): Promise<void> {
  const zip = await fromBufferPromise(buffer, {lazyEntries: true})
  let total = 0
  for await (const entry of zip.eachEntry()) {
    if (entry.isEncrypted()) throw new Unreadable('it is encrypted')
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      total += (chunk as Uint8Array).length
      if (total > LARGEST_UNPACKED)
        throw new Unreadable(`it unpacks to more than ${LARGEST_UNPACKED} bytes: it was made to fill a disk`)
    }
  }
}

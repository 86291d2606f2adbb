import {extname} from 'node:path'

/** What a file is read as. The first two are read here, the others by libraries. */
export type DocumentKind = 'text' | 'json' | 'lines' | 'csv' | 'html' | 'pdf' | 'docx' | 'eml'

const BY_ENDING: Record<string, DocumentKind> = {
  '.txt': 'text',
  '.text': 'text',
  '.md': 'text',
  '.markdown': 'text',
  '.json': 'json',
  '.jsonl': 'lines',
  '.ndjson': 'lines',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.html': 'html',
  '.htm': 'html',
  '.xhtml': 'html',
  '.pdf': 'pdf',
  '.docx': 'docx',
  '.eml': 'eml'
}

const REFUSED: [endings: RegExp, what: string][] = [
  [/^\.(?:png|jpe?g|gif|webp|avif|heic|heif|bmp|tiff?|svg|ico|raw|psd)$/, 'an image'],
  [/^\.(?:mp3|wav|flac|ogg|oga|opus|m4a|aac|wma|aiff?|amr)$/, 'a sound recording'],
  [/^\.(?:mp4|mov|avi|mkv|webm|m4v|wmv|mpe?g|3gp)$/, 'a video'],
  [/^\.(?:zip|tar|gz|tgz|bz2|xz|7z|rar|zst)$/, 'an archive'],
  [/^\.(?:doc|xls|xlsx|ppt|pptx|odt|ods|odp|rtf|epub|pages|numbers|key)$/, 'a document of another kind']
]

/** How files begin, in Latin 1, whatever they are called. */
const SIGNATURES: [start: RegExp, what: DocumentKind | {refused: string}][] = [
  [/^%PDF-/, 'pdf'],
  [
    /^(?:\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\0\0\0\0|II\*\0|MM\0\*|RIFF.{4}WEBP|.{4}ftyp(?:heic|heif|mif1|avif))/s,
    {refused: 'an image'}
  ],
  [
    /^(?:ID3|OggS|fLaC|RIFF.{4}WAVE|FORM.{4}AIFF|.{4}ftypM4A|#!AMR|\xff[\xf2\xf3\xfb])/s,
    {refused: 'a sound recording'}
  ],
  [/^(?:.{4}ftyp|RIFF.{4}AVI)/s, {refused: 'a video'}]
]

const READ = 'text, Markdown, HTML, PDF, DOCX, JSON, CSV and EML are'

/** What a file is, by how it begins and by its ending; or why it is not read. */
export function kindOf(name: string, bytes: Uint8Array): DocumentKind | {refused: string} {
  const ending = extname(name).toLowerCase()
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1')
  const signed = SIGNATURES.find(([pattern]) => pattern.test(start))?.[1]
  const zip = start.startsWith('PK\u0003\u0004')
  if (signed !== undefined) return typeof signed === 'string' ? signed : refuse(signed.refused)
  const kind = BY_ENDING[ending]
  if (kind === 'pdf') return {refused: 'it is called PDF and is none'}
  if (kind === 'docx') return zip ? kind : {refused: 'it is called DOCX and is none'}
  if (kind !== undefined && !zip) return kind
  const what = REFUSED.find(([endings]) => endings.test(ending))?.[1]
  if (what !== undefined) return refuse(what)
  if (zip) return refuse('an archive')
  return bytes.subarray(0, 8192).includes(0) ? refuse('no text') : 'text'
}

const refuse = (what: string): {refused: string} => ({refused: `it is ${what}, which is not read; ${READ}`})

import {describe, expect, it} from 'vitest'
import {readInWorker} from '../../../src/core/inbox/in-worker.ts'
import {type ReadDocument, readItem} from '../../../src/core/inbox/read-item.ts'
import {docxOf, pdfOf} from '../../support/documents.ts'

const read = (name: string, data: string | Buffer): Promise<ReadDocument | {reason: string}> =>
  readItem(
    {name, userId: 'ada', zone: 'Europe/Berlin', modified: Date.UTC(2024, 4, 1), signal: new AbortController().signal},
    Buffer.from(data)
  )

async function textsOf(name: string, data: string | Buffer): Promise<string[]> {
  const document = await read(name, data)
  if ('reason' in document) throw new Error(document.reason)
  return document.parts.flatMap(({paragraphs}) => paragraphs.map(({text}) => text))
}

const reasonOf = async (name: string, data: string | Buffer): Promise<string> => {
  const document = await read(name, data)
  return 'reason' in document ? document.reason : 'it was read'
}

describe('text', () => {
  it('is read with its paragraphs; Markdown says its date, tags and whether it is private', async () => {
    expect(await textsOf('a.txt', 'One.\n\nTwo.')).toEqual(['One.', 'Two.'])
    const note = '---\ndate: 2024-03-02\ntags: [garden]\nprivate: true\n---\n# Plan\nRoses. See [[Soil]]'
    expect(await read('sub/plan.md', note)).toMatchObject({
      title: 'plan',
      timestamp: '2024-03-01T23:00:00.000Z',
      tags: ['garden'],
      links: [{type: 'wikilink', target: 'Soil'}],
      private: true,
      parts: [{paragraphs: [{text: '# Plan', heading: true}, {text: 'Roses. See [[Soil]]'}]}]
    })
  })

  it('may be UTF-16 that says so, and is refused where it is no text that is known', async () => {
    expect(await textsOf('a.txt', Buffer.from('\ufeffZürich', 'utf16le'))).toEqual(['Zürich'])
    expect(await reasonOf('a.txt', Buffer.from('Z\u00fcrich', 'latin1'))).toBe('it is not text in UTF-8')
    expect(await reasonOf('a.bin', 'a\0b')).toMatch('no text')
  })
})

describe('JSON and tables', () => {
  it('a record keeps its time, type and tags; other values stand on lines with their names', async () => {
    const data = [
      {content: 'Met Grace', timestamp: '2024-01-02T03:04:05Z', type: 'journal', tags: ['x', 7]},
      {name: 'Ada', address: {city: 'London', rooms: [1, 2]}, pets: [{kind: 'cat'}], none: null}
    ]
    expect(await read('a.json', JSON.stringify(data))).toMatchObject({
      parts: [
        {paragraphs: [{text: 'Met Grace'}], timestamp: '2024-01-02T03:04:05.000Z', type: 'journal', tags: ['x']},
        {paragraphs: [{text: 'name: Ada\naddress.city: London\naddress.rooms: 1, 2\npets.kind: cat'}]}
      ]
    })
    expect(await textsOf('a.jsonl', '{"a":1}\n\n"two"\n')).toEqual(['a: 1', 'two'])
  })

  it('tells the line that is no JSON, and what another command reads', async () => {
    expect(await reasonOf('a.json', '{\n"a": ?}')).toMatch('line 2: unexpected "?"')
    expect(await reasonOf('a.jsonl', '{"a":1}\n{"b":')).toMatch('line 2')
    expect(await reasonOf('a.json', '[{"chat_messages": []}]')).toMatch('mh memory import')
    expect(await reasonOf('a.json', `${'['.repeat(500)}{}${']'.repeat(500)}`)).toBe('it is nested too deeply')
  })

  it('a row of a table is one text with the names of its columns', async () => {
    expect(await textsOf('a.csv', 'name;city\nAda;London\n"Grace; H.";\n')).toEqual([
      'name: Ada\ncity: London',
      'name: Grace; H.'
    ])
    expect(await textsOf('a.tsv', '1\t2\n3\t4\n')).toEqual(['1\n2', '3\n4'])
  })
})

describe('documents', () => {
  it('HTML gives what is to be read, in the encoding that it says', async () => {
    const page =
      '<html><head><meta charset="iso-8859-1"><title>A &amp; B</title><style>p{}</style></head><body><h2>Title</h2><p>Z\u00fcrich is <a href="x">nice</a>.</p><script>bad()</script><p>Two<img alt="x" src="y"></p></body></html>'
    expect(await read('a.html', Buffer.from(page, 'latin1'))).toMatchObject({
      title: 'A & B',
      parts: [{paragraphs: [{text: '## Title', heading: true}, {text: 'Zürich is nice.'}, {text: 'Two'}]}]
    })
  })

  it('DOCX gives its paragraphs', async () => {
    expect(await textsOf('a.docx', docxOf(['Dear Ada,', 'It rained.']))).toEqual(['Dear Ada,', 'It rained.'])
  })

  it('a zip that was made to fill a disk is refused, also where it lies about its size', async () => {
    const bomb = {name: 'word/x.bin', data: Buffer.alloc(129 * 1024 * 1024)}
    expect(await reasonOf('a.docx', docxOf(['x'], [bomb]))).toMatch('made to fill a disk')
    expect(await reasonOf('b.docx', docxOf(['x'], [{...bomb, data: Buffer.alloc(1024 * 1024), size: 10}]))).toMatch(
      'it cannot be read'
    )
    expect(await reasonOf('c.docx', 'no zip')).toMatch('is none')
  })

  it('that takes its reader too long is refused, and one that is called off is read no further', async () => {
    const asked = {kind: 'csv', bytes: Buffer.from('a,b\n'.repeat(500_000)), name: 'a.csv'} as const
    const {signal} = new AbortController()
    expect(await readInWorker(asked, signal, 0.01)).toEqual({reason: 'reading it takes more than 0.01 seconds'})
    await expect(readInWorker(asked, AbortSignal.timeout(10))).rejects.toThrow('timeout')
  })

  it('PDF gives its paragraphs by the gaps between lines', async () => {
    const pdf = pdfOf(['It rained all day, and the gar-', 'den was happy.', '', '', 'Then the sun came.'])
    expect(await textsOf('a.pdf', pdf)).toEqual(['It rained all day, and the garden was happy.', 'Then the sun came.'])
    expect(await reasonOf('b.pdf', pdfOf([]))).toMatch('it may be a scan')
    expect(await reasonOf('c.pdf', pdf.subarray(0, 30))).toMatch('cannot be read')
  })

  it('EML gives its head with its text, its date, and tells its attachments', async () => {
    const message = [
      'From: Grace <grace@example.com>',
      'To: ada@example.com',
      'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=',
      'Date: Wed, 01 May 2024 10:00:00 +0200',
      'Content-Type: multipart/mixed; boundary="b"',
      '',
      '--b',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'See you.',
      '--b',
      'Content-Type: application/pdf; name="plan.pdf"',
      'Content-Disposition: attachment; filename="plan.pdf"',
      '',
      'x',
      '--b--'
    ].join('\r\n')
    expect(await read('a.eml', message)).toMatchObject({
      title: 'Grüße',
      timestamp: '2024-05-01T08:00:00.000Z',
      remark: 'its attachments were not read: plan.pdf',
      parts: [
        {
          paragraphs: [
            {
              text: 'Subject: Grüße\nFrom: Grace <grace@example.com>\nTo: ada@example.com\nAttachments: plan.pdf',
              heading: true
            },
            {text: 'See you.'}
          ]
        }
      ]
    })
  })
})

it('images, sounds and what only has the name of a document are refused with a clear note', async () => {
  expect(await reasonOf('a.png', 'x')).toBe(
    'it is an image, which is not read; text, Markdown, HTML, PDF, DOCX, JSON, CSV and EML are'
  )
  expect(await reasonOf('a.txt', Buffer.from([0xff, 0xd8, 0xff, 0xe0]))).toMatch('an image')
  expect(await reasonOf('a.mp3', 'x')).toMatch('a sound recording')
  expect(await reasonOf('a.zip', 'x')).toMatch('an archive')
  expect(await reasonOf('a.pdf', 'x')).toBe('it is called PDF and is none')
})

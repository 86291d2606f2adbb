import {describe, expect, it} from 'vitest'
import type {EpisodicEvent} from '../../../../src/core/memory/event.ts'
import type {Found, Importing} from '../../../../src/core/memory/importers/found.ts'
import {readNote} from '../../../../src/core/memory/importers/markdown.ts'

const who: Importing = {userId: 'u', zone: 'Europe/Berlin', format: undefined, progress: {fraction: 0}}

const read = (text: string, name = 'note.md'): Promise<Found> =>
  readNote(who, {source: `notes/${name}`, name, text, modified: Date.UTC(2020, 0, 2)})

async function event(text: string, name?: string): Promise<EpisodicEvent> {
  const found = await read(text, name)
  if (!('event' in found)) throw new Error(JSON.stringify(found))
  return found.event
}

describe('a note', () => {
  it('becomes one memory with what its front matter says', async () => {
    const note = await event(
      '---\ntitle: Lunch\ntags: [people, "#work"]\ndate: 2024-05-01 13:30\ntype: journal\nimportance: 0.9\nsource: https://example.org\nprivate: true\n---\n\nMet Grace.\n'
    )
    expect(note).toMatchObject({
      timestamp: '2024-05-01T11:30:00.000Z',
      content: 'Met Grace.',
      tags: ['people', 'work'],
      type: 'journal',
      importance: 0.9,
      metadata: {
        title: 'note',
        source: 'https://example.org',
        private: true,
        frontMatter: {title: 'Lunch'},
        import: {source: 'notes/note.md', hash: expect.stringMatching(/^[\da-f]{64}$/)}
      }
    })
  })

  it.each([
    ['---\ndate: 2021-03-04\n---\nx', '2024-05-01.md', '2021-03-03T23:00:00.000Z'],
    ['---\ndate: some day\n---\nx', '2024-05-01 Lunch.md', '2024-04-30T22:00:00.000Z'],
    ['---\ncreated: 2021-03-04T10:00:00Z\n---\nx', 'a.md', '2021-03-04T10:00:00.000Z'],
    ['x', '20240501.txt', '2024-04-30T22:00:00.000Z'],
    ['x', '2024-05-01 17-45 call.md', '2024-05-01T15:45:00.000Z'],
    ['x', '2024-13-45.md', '2020-01-02T00:00:00.000Z'],
    ['x', 'Lunch 2024-05-01.md', '2024-04-30T22:00:00.000Z'],
    ['x', 'invoice 20240501.md', '2020-01-02T00:00:00.000Z']
  ])('has its date from the front matter, the name or the file: %j in %s', async (text, name, timestamp) => {
    expect((await event(text, name)).timestamp).toBe(timestamp)
  })

  it('has tags from its text, as Obsidian knows them', async () => {
    const {tags} = await event(
      '---\ntags: a, b\n---\n# Heading\n#work/mh and (#größe) #日本 #a #2024 http://x/#no a#no `#no`\n```\n#no\n```\n#end'
    )
    expect(tags).toEqual(['a', 'b', 'work/mh', 'größe', '日本', 'end'])
  })

  it('has its wiki links as links, once each', async () => {
    const {links, content} = await event(
      '---\nup: "[[Home]]"\n---\n[[Grace Hopper|Grace]] wrote [[Compilers#History]], ![[photo.png]] [[#here]] `[[no]]` [[Home]]'
    )
    expect(links.map(({target}) => target)).toEqual(['Home', 'Grace Hopper', 'Compilers', 'photo.png'])
    expect(links[0]).toEqual({type: 'wikilink', target: 'Home'})
    expect(content).toContain('[[Grace Hopper|Grace]]')
  })

  it('keeps a rule at its top as text', async () => {
    expect((await event('---\njust a rule\n---\ntext')).content).toBe('---\njust a rule\n---\ntext')
    expect((await event('---\nno end')).content).toBe('---\nno end')
    expect((await event('---\n---\ntext')).content).toBe('text')
  })

  it('with Windows line ends has front matter too', async () => {
    expect(await event('---\r\ntags: x\r\n---\r\nline one\r\nline two\r\n')).toMatchObject({
      tags: ['x'],
      content: 'line one\r\nline two'
    })
  })

  it('with front matter that is no YAML is told with the line', async () => {
    expect(await read('---\na: 1\nb: [\n---\ntext')).toEqual({
      source: 'notes/note.md',
      reason: expect.stringMatching(/^its front matter cannot be read: line \d: /)
    })
    const bomb = Array.from(
      {length: 30},
      (_, level) => `a${level}: &a${level} [${level === 0 ? '1' : `*a${level - 1},`.repeat(9)}]`
    )
    expect(await read(`---\n${bomb.join('\n')}\n---\ntext`)).toHaveProperty('reason')
    expect(await read(`---\na: ${'['.repeat(50_000)}\n---\ntext`)).toHaveProperty('reason')
  })

  it('without text is left out', async () => {
    expect(await read('---\na: 1\n---\n\n  \n')).toEqual({source: 'notes/note.md', leftOut: 'empty'})
  })

  it('is the same record wherever its folder lies, and another one when its text changes', async () => {
    const one = await event('text')
    expect((await event('text')).id).toBe(one.id)
    expect((await event('text changed')).id).not.toBe(one.id)
    expect((await event('text', 'other.md')).id).not.toBe(one.id)
    expect(one.id).toMatch(/^evt-[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  })
})

import {describe, expect, it} from 'vitest'
import type {EpisodicEvent} from '../../../../src/core/memory/event.ts'
import {readChatGpt} from '../../../../src/core/memory/importers/chatgpt.ts'
import {readClaude} from '../../../../src/core/memory/importers/claude.ts'
import type {Found, Importing} from '../../../../src/core/memory/importers/found.ts'

const who: Importing = {userId: 'u', zone: 'UTC', format: undefined, progress: {fraction: 0}}
const place = {source: 'conversations.json', at: 'conversations.json, item 1'}

const events = (all: Iterable<Found>): EpisodicEvent[] =>
  [...all].map((one) => {
    if (!('event' in one)) throw new Error(JSON.stringify(one))
    return one.event
  })

type Said = [role: string, content: unknown, more?: object]

/** Messages as a chain below each other; `branches` hang on the message of that number. */
function chatGpt(said: Said[], more: object = {}): Record<string, unknown> {
  const mapping: Record<string, unknown> = {root: {id: 'root', message: null, parent: null, children: ['n0']}}
  for (const [index, [role, content, extra]] of said.entries()) {
    mapping[`n${index}`] = {
      id: `n${index}`,
      parent: index === 0 ? 'root' : `n${index - 1}`,
      children: [`n${index + 1}`],
      message: {
        id: `m${index}`,
        author: {role},
        create_time: 1_700_000_000 + index,
        content: typeof content === 'string' ? {content_type: 'text', parts: [content]} : content,
        recipient: 'all',
        metadata: {},
        ...extra
      }
    }
  }
  return {
    title: 'Trip',
    conversation_id: 'c1',
    create_time: 1_700_000_000,
    current_node: `n${said.length - 1}`,
    mapping,
    ...more
  }
}

describe('a conversation of ChatGPT', () => {
  it('becomes one memory a turn, in one session', () => {
    const [first, second, ...others] = events(
      readChatGpt(
        who,
        place,
        chatGpt([
          ['system', 'Be kind'],
          ['user', 'Where to?'],
          ['assistant', 'Oslo.', {metadata: {model_slug: 'gpt-5'}}],
          ['assistant', 'Or Bergen.'],
          ['user', 'Bergen'],
          ['user', 'in May'],
          ['assistant', 'Good.']
        ])
      )
    )
    expect(others).toEqual([])
    expect(first).toMatchObject({
      type: 'conversation',
      content: 'Where to?',
      response: 'Oslo.\n\nOr Bergen.',
      timestamp: '2023-11-14T22:13:21.000Z',
      metadata: {
        sessionId: 'chatgpt-c1',
        engine: 'chatgpt',
        model: 'gpt-5',
        title: 'Trip',
        import: {source: 'conversations.json'}
      }
    })
    expect(second).toMatchObject({content: 'Bergen\n\nin May', response: 'Good.', metadata: {sessionId: 'chatgpt-c1'}})
  })

  it('has only the branch that ends at its current node', () => {
    const tree = chatGpt([
      ['user', 'First question'],
      ['assistant', 'First answer']
    ]) as {mapping: Record<string, unknown>; current_node: string}
    tree.mapping.other = {
      id: 'other',
      parent: 'root',
      children: ['answer'],
      message: {
        id: 'mo',
        author: {role: 'user'},
        create_time: 5,
        content: {content_type: 'text', parts: ['Changed question']}
      }
    }
    tree.mapping.answer = {
      id: 'answer',
      parent: 'other',
      children: [],
      message: {
        id: 'ma',
        author: {role: 'assistant'},
        create_time: 6,
        content: {content_type: 'text', parts: ['Other answer']}
      }
    }
    expect(events(readChatGpt(who, place, tree)).map(({content, response}) => [content, response])).toEqual([
      ['First question', 'First answer']
    ])
    tree.current_node = 'answer'
    expect(events(readChatGpt(who, place, tree)).map(({content, response}) => [content, response])).toEqual([
      ['Changed question', 'Other answer']
    ])
  })

  it('leaves out what nobody saw, and tells pictures by a word', () => {
    const [turn, ...others] = events(
      readChatGpt(
        who,
        place,
        chatGpt([
          [
            'user',
            {content_type: 'user_editable_context', user_profile: 'x'},
            {metadata: {is_visually_hidden_from_conversation: true}}
          ],
          [
            'user',
            {content_type: 'multimodal_text', parts: [{content_type: 'image_asset_pointer'}, 'What is this?', 7]}
          ],
          ['assistant', {content_type: 'thoughts', thoughts: []}],
          ['assistant', {content_type: 'code', text: 'search()'}, {recipient: 'browser'}],
          ['tool', 'result'],
          ['assistant', 'A cat.']
        ])
      )
    )
    expect(others).toEqual([])
    expect(turn).toMatchObject({content: '[image]\nWhat is this?', response: 'A cat.'})
  })

  it('adds only what is new when it is imported again after it went on', () => {
    const before = events(
      readChatGpt(
        who,
        place,
        chatGpt([
          ['user', 'a'],
          ['assistant', 'b']
        ])
      )
    )
    const after = events(
      readChatGpt(
        who,
        {source: 'new.zip', at: ''},
        chatGpt([
          ['user', 'a'],
          ['assistant', 'b'],
          ['user', 'c']
        ])
      )
    )
    expect(after.map(({id}) => id)).toEqual([before[0]?.id, expect.not.stringMatching(before[0]?.id ?? '')])
  })

  it('keeps the order of turns whose times say otherwise', () => {
    const turns = events(
      readChatGpt(
        who,
        place,
        chatGpt([
          ['user', 'a'],
          ['user', '', {}],
          ['assistant', 'b'],
          ['user', 'c', {create_time: null}],
          ['assistant', 'd'],
          ['user', 'e', {create_time: 1}]
        ])
      )
    )
    const times = turns.map(({timestamp}) => timestamp)
    expect(turns.map(({content}) => content)).toEqual(['a', 'c', 'e'])
    expect([...new Set(times)].sort()).toEqual(times)
  })

  it('that is none, or damaged, is told', () => {
    const reason = (value: unknown): string => JSON.stringify([...readChatGpt(who, place, value)])
    expect(reason({})).toContain('no conversation of ChatGPT')
    expect(reason(7)).toContain('no conversation of ChatGPT')
    expect(reason(chatGpt([['user', 'a']], {current_node: 'gone'}))).toContain(
      'current_node \\"gone\\" is none of its messages'
    )
    expect(reason(chatGpt([['user', 'a', {create_time: null}]], {create_time: null}))).toContain(
      'nothing says when it was'
    )
    expect(reason(chatGpt([['user', 'a', {create_time: 1e300}]]))).toContain('is no date')
  })

  it('whose messages go round in a circle ends', () => {
    const circle = chatGpt([
      ['user', 'a'],
      ['assistant', 'b']
    ]) as {mapping: Record<string, {parent: string}>}
    if (circle.mapping.n0) circle.mapping.n0.parent = 'n1'
    expect(events(readChatGpt(who, place, circle))).toHaveLength(1)
  })
})

describe('a conversation of Claude', () => {
  it('becomes one memory a turn, with the text of its parts and the names of its files', () => {
    const conversation = {
      uuid: 'c9',
      name: 'Garden',
      created_at: '2025-01-02T03:04:05.000000Z',
      chat_messages: [
        {
          uuid: 'm1',
          sender: 'human',
          text: 'What grows?',
          created_at: '2025-01-02T03:04:06Z',
          files: [{file_name: 'plan.pdf'}]
        },
        {
          uuid: 'm2',
          sender: 'assistant',
          text: 'ignored',
          content: [
            {type: 'thinking', thinking: 'hm'},
            {type: 'text', text: 'Beans.'},
            {type: 'tool_use'},
            {type: 'text', text: 'Peas.'}
          ],
          created_at: '2025-01-02T03:04:07Z'
        },
        {uuid: 'm3', sender: 'human', text: '', attachments: [{file_name: '', extracted_content: 'pasted text'}]},
        'nonsense'
      ]
    }
    expect(events(readClaude(who, place, conversation))).toMatchObject([
      {
        content: 'What grows?\n\n[plan.pdf]',
        response: 'Beans.\n\nPeas.',
        timestamp: '2025-01-02T03:04:06.000Z',
        metadata: {sessionId: 'claude-c9', engine: 'claude', title: 'Garden'}
      },
      {content: 'pasted text', timestamp: '2025-01-02T03:04:06.001Z'}
    ])
  })

  it('that begins with an answer says who spoke', () => {
    const [only] = events(
      readClaude(who, place, {
        uuid: 'c',
        created_at: '2025-01-01T00:00:00Z',
        chat_messages: [{sender: 'assistant', text: 'Hello'}]
      })
    )
    expect(only).toMatchObject({content: 'Hello', metadata: {speaker: 'Claude'}})
    expect(only).not.toHaveProperty('response')
  })

  it('that is none is told', () => {
    expect([...readClaude(who, place, {mapping: {}})]).toEqual([
      {source: place.at, reason: expect.stringContaining('no conversation of Claude')}
    ])
  })
})

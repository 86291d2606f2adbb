import {expect, it} from 'vitest'
import type {GivenMemory} from '../../../src/core/models/engine.ts'
import {recallEngine} from '../../../src/core/models/recall.ts'

const memory = (content: string, timestamp = '2026-05-04T23:30:00.000Z', response?: string): GivenMemory => ({
  id: 'evt-1',
  timestamp,
  type: 'observation',
  content,
  ...(response === undefined ? {} : {response})
})

it("quotes what it is given, with the date in the person's zone, and says that no model is set", async () => {
  expect(
    await answer('Where did I meet Grace?', [
      memory('Met Grace at the harbour'),
      memory('Grace has a boat', '2026-01-02T10:00:00.000Z')
    ])
  ).toBe(
    'No language model is set, so this quotes the memories that fit best:\n[1] 5 May 2026: "Met Grace at the harbour"\n[2] 2 January 2026: "Grace has a boat"'
  )
})

it('does not say that no model is set where one is', async () => {
  expect(await answer('Grace?', [memory('Met Grace')], true)).toMatch(
    /^Recall, which is not a language model, was asked/
  )
})

it('says plainly that nothing was found, and nothing else', async () => {
  expect(await answer('Where is my umbrella?', [])).toBe(
    'I found nothing about that in your memories. No language model is set, so I can only quote what was captured.'
  )
})

it('quotes of a long memory the part that has the words of the question', async () => {
  const filler = 'Nothing of note happened on that day and the rain did not stop. '.repeat(10)
  const text = await answer('Who repaired the boiler?', [
    memory(`${filler}The boiler was repaired by Novak. ${filler}`)
  ])
  expect(text).toContain('The boiler was repaired by Novak.')
  expect(text.length).toBeLessThan(500)
})

it('quotes an answer with what it answered', async () => {
  expect(
    await answer('Which cake?', [memory('I need a cake for my sister', undefined, 'Try the lemon cake')])
  ).toContain('"I need a cake for my sister" (answered: "Try the lemon cake")')
})

it('has no structured output and no embeddings', async () => {
  await expect(recallEngine(false).embed(['a'])).rejects.toMatchObject({code: 'NO_MODEL', exitCode: 6})
})

async function answer(question: string, memories: GivenMemory[], modelSet = false): Promise<string> {
  let text = ''
  const request = {
    system: '',
    messages: [{role: 'user' as const, content: question}],
    memories,
    zone: 'Europe/Berlin',
    language: 'en'
  }
  for await (const part of recallEngine(modelSet).chat(request)) if (part.type === 'text') text += part.text
  return text
}

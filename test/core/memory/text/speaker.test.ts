import {describe, expect, it} from 'vitest'
import {spokenBy} from '../../../../src/core/memory/text/speaker.ts'

describe('spokenBy', () => {
  it('takes the speaker that the memory names, and the name off the text', () => {
    expect(spokenBy({type: 'observation', content: 'Ada: hello', speaker: 'Ada'})).toEqual({
      speaker: 'Ada',
      certain: true,
      text: 'hello'
    })
    expect(spokenBy({type: 'observation', content: 'Hello', speaker: 'Ada'})).toEqual({
      speaker: 'Ada',
      certain: true,
      text: 'Hello'
    })
    expect(spokenBy({type: 'observation', content: 'Adam: hello', speaker: 'Ada'}).text).toBe('Adam: hello')
  })

  it('reads “Name: text” in a conversation', () => {
    expect(spokenBy({type: 'conversation', content: 'Ada Lovelace: hello: you'})).toEqual({
      speaker: 'Ada Lovelace',
      certain: true,
      text: 'hello: you'
    })
  })

  it('only guesses it in a note', () => {
    expect(spokenBy({type: 'observation', content: 'Dentist: small crack'})).toEqual({
      speaker: 'Dentist',
      certain: false,
      text: 'Dentist: small crack'
    })
  })

  it('leaves a conversation with a response to the person', () => {
    expect(spokenBy({type: 'conversation', content: 'Idea: a lamp', response: 'Nice.'}).speaker).toBeUndefined()
  })

  it.each(['https://example.org', 'at 9:15 we met', 'one two: three', 'Ratio 1:2'])(
    'reads no name in “%s”',
    (content) => {
      expect(spokenBy({type: 'conversation', content}).speaker).toBeUndefined()
    }
  )
})

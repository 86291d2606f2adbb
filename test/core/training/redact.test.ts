import {expect, it} from 'vitest'
import {noRedactions, REDACTIONS, redact} from '../../../src/core/training/redact.ts'

const all = new Set(REDACTIONS)
const redacted = (text: string): string => redact(text, all, noRedactions())

it.each([
  ['Write to grace.hopper+navy@mail.example.co.uk today', 'Write to [email] today'],
  ['jürgen@müller.example, please', '[email], please'],
  ['Call +49 30 1234567.', 'Call [phone].'],
  ['Call (030) 123 45 67 or 0171/1234567', 'Call [phone] or [phone]'],
  ['555-867-5309', '[phone]'],
  ['Her number: 4155550132', 'Her number: [phone]'],
  ['export OPENAI_API_KEY=sk-proj-abcdefghijklmnopqrstuvwx', 'export OPENAI_API_KEY=[key]'],
  ['ghp_abcdefghijklmnopqrstuvwxyz0123456789 works', '[key] works'],
  ['the password is hunter2hunter2, she said', 'the password is [key], she said'],
  ['api key: "abc123def456"', 'api key: "[key]"'],
  ['Authorization: Bearer abc.def.ghi', 'Authorization: Bearer [key]'],
  ['aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dF3', '[key]'],
  ['-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\nrest', '[key]\nrest']
])('%j becomes %j', (text, expected) => expect(redacted(text)).toBe(expected))

it.each([
  'On 2026-05-03 at 17:30 we met',
  'Between 12.05.2026 and 1/6/2026',
  'It cost 1.234.567 euros, in 2019-2021',
  'Server 192.168.178.101 answered in 1234567 ms',
  'evt-01a2107b-855d-736e-986c-204917fa850e',
  'commit 8f3f6261a0b2c3d4e5f60718293a4b5c6d7e8f90',
  'me @ home, @grace, 3 @ 5'
])('%j stays as it is', (text) => expect(redacted(text)).toBe(text))

it('only what was asked for is taken out, and counted', () => {
  const counts = noRedactions()
  const text = 'a@example.org and b@example.org, +49 30 1234567'
  expect(redact(text, new Set(['email']), counts)).toBe('[email] and [email], +49 30 1234567')
  expect(counts).toEqual({email: 2, phone: 0, key: 0})
})

it.each(['a', 'a.', 'a@', 'eyJ-', '1 ', 'token '])('a long run of %j is no work', (piece) => {
  const text = piece.repeat(100_000)
  expect(redacted(text).length).toBeGreaterThan(0)
})

import {existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {verifiedTrail} from '../support/audit.ts'
import {homeOfTwo} from '../support/chat.ts'
import type {Home} from '../support/home.ts'
import {mh} from '../support/mh.ts'

it('sets a value by its path, keeps unknown keys, and changes nobody else', async () => {
  const home = await homeOfTwo()
  const path = profile(home, 'ada', 'persona/core.json')
  writeFileSync(path, JSON.stringify({...JSON.parse(readFileSync(path, 'utf8')), fromAnotherTool: {kept: true}}))
  const bobs = readFileSync(profile(home, 'bob', 'persona/core.json'), 'utf8')
  const {json} = await mh(home, ['persona', 'set', 'identity.role', 'research partner', '--json'])
  expect(json).toEqual({path: 'identity.role', value: 'research partner', version: expect.any(Number)})
  expect((await mh(home, ['persona', 'set', 'personality.traits.openness', '0.9', '--json'])).json.value).toBe(0.9)
  expect(
    (await mh(home, ['persona', 'set', 'personality.communicationStyle.tone', 'warm, dry', '--json'])).json.value
  ).toEqual(['warm', 'dry'])
  const {json: core} = await mh(home, ['persona', 'show', '--json'])
  expect(core).toMatchObject({
    fromAnotherTool: {kept: true},
    identity: {role: 'research partner', humanName: 'ada'},
    personality: {traits: {openness: 0.9}}
  })
  expect(readFileSync(profile(home, 'bob', 'persona/core.json'), 'utf8')).toBe(bobs)
  expect((await mh(home, ['persona', 'show', '-u', 'bob', '--json'])).json.identity.humanName).toBe('bob')
  expect(existsSync(profile(home, 'bob', 'persona/history/000001.json'))).toBe(false)
})

it('writes into the routines, the relationships and the rules as well', async () => {
  const home = await homeOfTwo()
  await mh(home, ['persona', 'set', 'routines.daily', '["a walk at seven"]'])
  await mh(home, ['persona', 'set', 'relationships.people.0.name', 'Grace'])
  expect((await mh(home, ['persona', 'show', 'routines', '--json'])).json.daily).toEqual(['a walk at seven'])
  expect((await mh(home, ['persona', 'show', 'relationships', '--json'])).json.people).toEqual([{name: 'Grace'}])
})

it.each([
  ['identity.nmae', 'Ada', 'INVALID_PATH'],
  ['personality.traits.openness', '7', 'INVALID_VALUE'],
  ['values.core', 'honesty', 'INVALID_VALUE'],
  ['routines.hourly', '[]', 'INVALID_PATH'],
  ['decision-rules.trustLevel', 'reckless', 'INVALID_VALUE'],
  ['__proto__.polluted', 'yes', 'INVALID_PATH'],
  ['identity..name', 'Ada', 'INVALID_PATH']
])('refuses %s = %s and writes nothing', async (path, value, code) => {
  const home = await homeOfTwo()
  const before = readFileSync(profile(home, 'ada', 'persona/core.json'), 'utf8')
  const refused = await mh(home, ['persona', 'set', path, value, '--json'])
  expect([refused.exitCode, refused.json.error.code]).toEqual([2, code])
  expect(readFileSync(profile(home, 'ada', 'persona/core.json'), 'utf8')).toBe(before)
})

it('keeps every change as a version, tells the difference, and takes it back, edits by hand included', async () => {
  const home = await homeOfTwo()
  await mh(home, ['persona', 'set', 'identity.role', 'first'])
  await mh(home, ['persona', 'set', 'identity.role', 'second'])
  const path = profile(home, 'ada', 'persona/core.json')
  writeFileSync(path, readFileSync(path, 'utf8').replace('"second"', '"by hand"'))
  await mh(home, ['facet', 'use', 'poet'])
  const {json: history} = await mh(home, ['persona', 'history', '--json'])
  expect(history.map(({changed}: {changed: string[]}) => changed)).toEqual([
    ['facets.activeFacet'],
    ['core.identity.role'],
    ['core.identity.role'],
    ['core.identity.role'],
    []
  ])
  expect((await mh(home, ['persona', 'history', '--diff', '4', '--json'])).json.changes).toEqual([
    {path: 'core.identity.role', before: 'second', after: 'by hand'}
  ])
  expect((await mh(home, ['persona', 'history', '--diff', '4'])).stdout).toBe(
    'core.identity.role\n  - "second"\n  + "by hand"\n'
  )
  expect((await mh(home, ['persona', 'restore', '2', '--json'])).json).toMatchObject({
    version: 6,
    changed: expect.arrayContaining(['core.identity.role', 'facets.activeFacet'])
  })
  expect((await mh(home, ['persona', 'show', '--json'])).json.identity.role).toBe('first')
  expect((await mh(home, ['facet', 'list', '--json'])).json.active).toBe('default')
  expect(await mh(home, ['persona', 'restore', '99'])).toMatchObject({exitCode: 3})
  const events = verifiedTrail(profile(home, 'ada', 'logs/audit')).map(({event}) => event)
  expect(events).toEqual(expect.arrayContaining(['persona_changed', 'facet_used', 'persona_restored']))
})

it('restores a persona whose file was edited into nonsense, and loses no byte of it', async () => {
  const home = await homeOfTwo()
  await mh(home, ['persona', 'set', 'identity.role', 'partner'])
  const path = profile(home, 'ada', 'persona/core.json')
  writeFileSync(path, '{\n  "identity": {"role": }\n}\n')
  const broken = await mh(home, ['chat', 'Hello', '--json'])
  expect(broken).toMatchObject({exitCode: 1})
  expect(broken.json.error).toMatchObject({
    code: 'UNREADABLE_FILE',
    message: expect.stringMatching(/core\.json.*line 2/)
  })
  expect(broken.json.error.hint).toContain('--no-persona')
  expect((await mh(home, ['chat', 'Hello', '--no-persona'])).exitCode).toBe(0)
  expect((await mh(home, ['persona', 'set', 'identity.role', 'x'])).exitCode).toBe(1)
  expect(readFileSync(path, 'utf8')).toContain('"role": }')
  expect((await mh(home, ['persona', 'restore', '2'])).exitCode).toBe(0)
  expect((await mh(home, ['persona', 'show', '--json'])).json.identity.role).toBe('partner')
  const {json: history} = await mh(home, ['persona', 'history', '--json'])
  const kept = history.map(({version}: {version: number}) =>
    readFileSync(profile(home, 'ada', `persona/history/${String(version).padStart(6, '0')}.json`), 'utf8')
  )
  expect(kept.join('')).toContain('\\"role\\": }')
})

it('edits in $EDITOR, keeps the text of an edit that is refused, and takes it from there', async () => {
  const home = await homeOfTwo()
  const edit = (script: string, ...words: string[]): ReturnType<typeof mh> =>
    mh(home, ['persona', 'edit', ...words, '--json'], {env: {EDITOR: `sed -i ${script}`}})
  expect((await edit('s/role:.*/role:\\x20mentor/')).json).toMatchObject({changed: ['core.identity.role']})
  const refused = await edit('s/openness:.*/openness:\\x209/')
  expect([refused.exitCode, refused.json.error.code]).toEqual([2, 'INVALID_PERSONA'])
  const kept = /kept in (\S+)\./.exec(refused.json.error.hint)?.[1] ?? ''
  expect(readFileSync(kept, 'utf8')).toContain('openness')
  writeFileSync(kept, readFileSync(kept, 'utf8').replace(/openness: ?\S+/, 'openness: 0.3'))
  expect((await mh(home, ['persona', 'edit', '--file', kept, '--json'])).json.changed).toEqual([
    'core.personality.traits.openness'
  ])
  const torn = await edit('s/identity:/identity:\\x20[/')
  expect(torn.json.error).toMatchObject({code: 'INVALID_PERSONA', message: expect.stringMatching(/line \d/)})
  expect((await edit('s/poet/bard/', '--facet', 'poet')).json.changed).toContain('facets/poet.identity.role')
  expect((await mh(home, ['persona', 'edit'])).exitCode).toBe(2)
})

it('refuses an edit of what somebody else changed meanwhile', async () => {
  const home = await homeOfTwo()
  const other = join(home.home, 'editor.sh')
  writeFileSync(
    other,
    `#!/bin/sh\nsed -i 's/role: .*/role: mine/' "$1"\n"${process.execPath}" "${join(import.meta.dirname, '../../bin/run.js')}" persona set identity.role theirs\n`,
    {mode: 0o700}
  )
  const refused = await mh(home, ['persona', 'edit', '--json'], {env: {EDITOR: other}})
  expect([refused.exitCode, refused.stdout]).toEqual([5, expect.stringContaining('STALE_VERSION')])
  expect((await mh(home, ['persona', 'show', '--json'])).json.identity.role).toBe('theirs')
})

it('loses none of many changes made at once', async () => {
  const home = await homeOfTwo()
  const traits = ['openness', 'conscientiousness', 'extraversion', 'agreeableness', 'neuroticism']
  await Promise.all(
    traits.map((trait, index) => mh(home, ['persona', 'set', `personality.traits.${trait}`, `0.1${index}`]))
  )
  const {json} = await mh(home, ['persona', 'show', '--json'])
  expect(traits.map((trait) => json.personality.traits[trait])).toEqual([0.1, 0.11, 0.12, 0.13, 0.14])
  expect((await mh(home, ['persona', 'history', '--json'])).json).toHaveLength(6)
})

it('leaves the old or the new persona whole after a crash at any step of a write', async () => {
  for (const fault of ['staged', 'renamed', 'renamed:2', 'renamed:3', 'audit-line']) {
    const home = await homeOfTwo()
    await mh(home, ['persona', 'set', 'identity.role', 'new'], {env: {MH_FAULT: fault}})
    const role = (await mh(home, ['persona', 'show', '--json'])).json.identity.role
    expect(['personal companion and second memory', 'new']).toContain(role)
    expect((await mh(home, ['persona', 'set', 'identity.purpose', 'go on', '--json'])).exitCode).toBe(0)
  }
})

it('lists, uses, shows and makes facets', async () => {
  const home = await homeOfTwo()
  const {json} = await mh(home, ['facet', 'list', '--json'])
  expect(json.active).toBe('default')
  expect(json.facets.map(({name}: {name: string}) => name)).toEqual([
    'default',
    'poet',
    'thinker',
    'friend',
    'antagonist'
  ])
  expect(json.facets[1]).toEqual({name: 'poet', description: expect.any(String), enabled: true, color: '#db2777'})
  expect((await mh(home, ['facet', 'use', 'thinker', '--json'])).json).toEqual({active: 'thinker'})
  expect((await mh(home, ['facet', 'list', '-u', 'bob', '--json'])).json.active).toBe('default')
  expect((await mh(home, ['status', '--json'])).json.persona.facet).toBe('thinker')
  await mh(home, ['facet', 'create', 'sonneteer', '--from', 'poet', '--description', 'Fourteen lines'])
  expect((await mh(home, ['facet', 'show', 'sonneteer', '--json'])).json).toMatchObject({
    description: 'Fourteen lines',
    overlay: {identity: {role: 'poet of the everyday'}}
  })
  await mh(home, ['facet', 'create', 'coach'])
  await mh(home, ['persona', 'set', 'identity.role', 'coach', '--facet', 'coach'])
  expect((await mh(home, ['persona', 'show', '--facet', 'coach', '--json'])).json.identity).toMatchObject({
    role: 'coach',
    humanName: 'ada'
  })
  expect((await mh(home, ['persona', 'show', '--json'])).json.identity.role).not.toBe('coach')
  expect(await mh(home, ['facet', 'use', 'poett', '--json'])).toMatchObject({
    exitCode: 3,
    stdout: expect.stringContaining('poet')
  })
  expect(await mh(home, ['facet', 'create', 'poet'])).toMatchObject({exitCode: 5})
  expect(await mh(home, ['facet', 'create', '../escape'])).toMatchObject({exitCode: 2})
})

it('refuses a facet whose file lies outside the profile', async () => {
  const home = await homeOfTwo()
  const index = profile(home, 'ada', 'persona/facets.json')
  const facets = JSON.parse(readFileSync(index, 'utf8'))
  mkdirSync(join(home.home, 'elsewhere'))
  writeFileSync(join(home.home, 'elsewhere/secret.json'), '{"identity":{"role":"a secret of the house"}}')
  symlinkSync(join(home.home, 'elsewhere'), profile(home, 'ada', 'persona/facets/linked'))
  for (const personaFile of ['../../bob/persona/core.json', '/etc/hostname', 'facets/linked/secret.json']) {
    facets.facets.spy = {name: 'Spy', personaFile, enabled: true}
    writeFileSync(index, JSON.stringify(facets))
    for (const words of [
      ['facet', 'show', 'spy'],
      ['facet', 'use', 'spy'],
      ['chat', '--facet', 'spy', 'Hello'],
      ['persona', 'show', '--facet', 'spy']
    ]) {
      const refused = await mh(home, [...words, '--json'])
      expect([words, personaFile, refused.exitCode, refused.json.error.code]).toEqual([
        words,
        personaFile,
        4,
        'ACCESS_DENIED'
      ])
      expect(refused.stdout).not.toMatch(/secret of the house|"bob"/)
    }
  }
})

it('shows and sets the mode, and remembers when', async () => {
  const home = await homeOfTwo()
  expect((await mh(home, ['mode', '--json'])).json).toEqual({mode: 'dual', lastChanged: expect.any(String)})
  expect((await mh(home, ['mode', 'set', 'agent', '--json'])).json).toEqual({
    mode: 'agent',
    lastChanged: expect.stringMatching(/Z$/)
  })
  expect((await mh(home, ['mode', 'show', '--json'])).json.mode).toBe('agent')
  expect((await mh(home, ['mode', '-u', 'bob', '--json'])).json.mode).toBe('dual')
  expect(await mh(home, ['mode', 'set', 'agnet', '--json'])).toMatchObject({
    exitCode: 2,
    stdout: expect.stringContaining('Use agent')
  })
  const stored = JSON.parse(readFileSync(profile(home, 'ada', 'etc/cognitive-mode.json'), 'utf8'))
  expect(stored.history).toMatchObject([{mode: 'agent', from: 'dual'}])
})

it('shows and sets the trust level', async () => {
  const home = await homeOfTwo()
  expect((await mh(home, ['persona', 'trust', '--json'])).json).toEqual({trust: 'suggest'})
  expect((await mh(home, ['persona', 'trust', 'supervised_auto', '--json'])).json).toEqual({trust: 'supervised_auto'})
  expect((await mh(home, ['persona', 'trust'])).stdout).toBe('supervised_auto\n')
  expect((await mh(home, ['persona', 'trust', '-u', 'bob', '--json'])).json).toEqual({trust: 'suggest'})
  expect((await mh(home, ['persona', 'trust', 'blind'])).exitCode).toBe(2)
  expect((await mh(home, ['persona', 'show', 'decision-rules', '--json'])).json.rules).toHaveLength(2)
})

const profile = ({root}: Home, username: string, path: string): string => join(root, 'profiles', username, path)

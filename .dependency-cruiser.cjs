// Which part may import which: commands, http, mcp -> agents -> core; what commands share lies in cli.
const part = (...names) => `^src/(?:${names.join('|')})(?:/|\\.ts$)`

const rule = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: {path: part(...from)},
  to: {path: part(...to)}
})

const commands = rule(
  'doors-are-apart',
  'commands, http and mcp never import each other',
  ['commands', 'hooks'],
  ['http', 'mcp']
)
// The two commands that open a door load it when they run.
commands.from.pathNot = '^src/commands/(?:serve|mcp)\\.ts$'

module.exports = {
  forbidden: [
    rule(
      'core-is-below-all',
      'core knows no terminal, no HTTP, no agent',
      ['core'],
      ['agents', 'cli', 'commands', 'entry', 'hooks', 'http', 'mcp']
    ),
    rule(
      'agents-know-core',
      'agents run without a terminal',
      ['agents'],
      ['cli', 'commands', 'entry', 'hooks', 'http', 'mcp']
    ),
    rule(
      'cli-is-for-commands',
      'what commands share imports no command',
      ['cli'],
      ['commands', 'entry', 'hooks', 'http', 'mcp']
    ),
    commands,
    rule(
      'http-is-apart',
      'commands and http never import each other; http loads mcp for its /mcp',
      ['http'],
      ['cli', 'commands', 'entry', 'hooks']
    ),
    rule(
      'mcp-is-apart',
      'commands, http and mcp never import each other',
      ['mcp'],
      ['cli', 'commands', 'entry', 'hooks', 'http']
    ),
    rule(
      'library-is-core',
      'what other programs import needs no terminal and no server',
      ['library'],
      ['cli', 'commands', 'entry', 'hooks', 'http', 'mcp']
    ),
    {
      name: 'no-cycles',
      comment: 'types may refer to each other, code may not',
      severity: 'error',
      from: {},
      to: {circular: true, viaOnly: {dependencyTypesNot: ['type-only']}}
    },
    {
      name: 'nothing-unresolved',
      comment: 'a rule cannot judge what it cannot find',
      severity: 'error',
      from: {},
      to: {couldNotResolve: true}
    }
  ],
  options: {
    doNotFollow: {path: 'node_modules'},
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types']
    },
    tsPreCompilationDeps: true,
    tsConfig: {fileName: 'tsconfig.json'}
  }
}

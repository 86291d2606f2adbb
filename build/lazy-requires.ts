import {walk} from 'estree-walker'
import MagicString from 'magic-string'
import type {Plugin} from 'rolldown'
import {parseAst} from 'rolldown/parseAst'

type Program = ReturnType<typeof parseAst>
type WalkedNode = Parameters<NonNullable<Parameters<typeof walk>[1]['enter']>>[0]
type Node = WalkedNode & {start: number; end: number}

/**
 * Defers the `const name = require('…')` lines at the top of the CommonJS modules whose path matches `modules`: the
 * required module is loaded when the name is first used. oclif requires all of itself at the top of its files, of
 * which a run that prints a version or stores a line uses the smaller part.
 *
 *     const ids = require('./ids')          var ids$; function ids() { return ids$ ??= require('./ids') }
 *     ids.toConfiguredId(id)                (ids()).toConfiguredId(id)
 *
 * A required name that is also a parameter or a local variable would be changed wrongly, so the build fails on one.
 */
export function lazyRequires(modules: RegExp): Plugin {
  return {
    name: 'lazy-requires',
    transform: {
      filter: {id: modules, code: 'require('},
      handler(code, id) {
        const program = parseAst(code)
        const required = topLevelRequires(program)
        if (required.size === 0) return null
        const text = new MagicString(code)
        for (const [name, {statement, value}] of required) {
          const load = code.slice(value.start, value.end)
          text.overwrite(
            statement.start,
            statement.end,
            `var ${name}$; function ${name}() { return ${name}$ ??= ${load} }`
          )
        }
        for (const use of usesOf(required, program, id)) {
          text.overwrite(use.start, use.end, use.shorthand ? `${use.name}: ${use.name}()` : `(${use.name}())`)
        }
        return {code: text.toString(), map: null}
      }
    }
  }
}

interface Required {
  statement: Node
  value: Node
}

/** The variables that a module's own statements declare as a require, bare or in a wrapper that TypeScript emits. */
function topLevelRequires(program: Program): Map<string, Required> {
  const found = new Map<string, Required>()
  for (const statement of program.body) {
    if (statement.type !== 'VariableDeclaration' || statement.declarations.length !== 1) continue
    const declaration = statement.declarations[0]
    if (declaration?.id.type !== 'Identifier' || !declaration.init) continue
    if (isRequire(declaration.init) || isWrappedRequire(declaration.init)) {
      found.set(declaration.id.name, {statement: statement as Node, value: declaration.init as Node})
    }
  }
  return found
}

type Expression = Program['body'][number] | object

function isRequire(node: Expression): boolean {
  const call = node as {type?: string; callee?: {name?: string}; arguments?: {type: string}[]}
  return call.type === 'CallExpression' && call.callee?.name === 'require' && call.arguments?.[0]?.type === 'Literal'
}

function isWrappedRequire(node: Expression): boolean {
  const call = node as {type?: string; callee?: {name?: string}; arguments?: object[]}
  const wrapper = call.type === 'CallExpression' && /^__import(?:Default|Star)$/.test(call.callee?.name ?? '')
  return wrapper && call.arguments?.[0] !== undefined && isRequire(call.arguments[0])
}

interface Use {
  name: string
  start: number
  end: number
  /** `{name}` in an object, which has to become `{name: name()}` */
  shorthand: boolean
}

/** Every place that reads one of the required names. */
function usesOf(required: Map<string, Required>, program: Program, id: string): Use[] {
  const uses: Use[] = []
  const declarations = new Set<unknown>([...required.values()].map(({statement}) => statement))
  walk(program as unknown as WalkedNode, {
    enter(node, parent, key) {
      if (declarations.has(node)) return this.skip()
      if (node.type !== 'Identifier' || !required.has(node.name) || !parent) return
      const isName = (parent.type === 'MemberExpression' && key === 'property') || key === 'key'
      if (isName && !('computed' in parent && parent.computed)) return
      if (key === 'params' || key === 'id' || key === 'left' || key === 'param') {
        throw new Error(`${id}: ${node.name} is required at the top and declared again below`)
      }
      const {start, end} = node as Node & typeof node
      uses.push({name: node.name, start, end, shorthand: parent.type === 'Property' && parent.shorthand})
    }
  })
  return uses
}

/**
 * Preloaded for dependency-cruiser, which parses TypeScript by its JavaScript API: TypeScript 7 has none yet, so the
 * name `typescript` leads to version 6 (its package for such tools) in that process.
 */
import {registerHooks} from 'node:module'

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier.replace(/^typescript(?=\/|$)/, '@typescript/typescript6'), context)
})

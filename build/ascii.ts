import type {Plugin} from 'rolldown'
import {minifySync} from 'rolldown/utils'

/** Files of which more is not ASCII are tables of other scripts, which escapes would make twice as large. */
const MOST = 0.01

/**
 * Writes what is not ASCII as escapes. One such character makes Node decode a file slowly and keep it with two bytes a character,
 * which costs 1 to 3 ms for what a command loads.
 */
export function ascii(): Plugin {
  return {
    name: 'ascii',
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue
        const others = Buffer.byteLength(file.code) - file.code.length
        if (others === 0 || others > file.code.length * MOST) continue
        const {code, errors} = minifySync(file.fileName, file.code, {
          compress: false,
          mangle: false,
          codegen: {asciiOnly: true}
        })
        if (errors.length > 0) throw new Error(`${file.fileName}: ${errors[0]?.message}`)
        file.code = code
      }
    }
  }
}

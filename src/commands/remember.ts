import MemorySearch from './memory/search.ts'

/** The same as `mh memory search`, by the word that a person thinks of. */
export default class Remember extends MemorySearch {
  // oclif asks the class itself, not the one that it extends.
  static override strict = false
  static override summary = MemorySearch.summary
  static override examples = MemorySearch.examples
}

import {readDocument} from '../../documents.ts'
import {MhError} from '../../errors.ts'
import {isObject, objectOf} from '../../json.ts'
import {notify} from '../../notices.ts'
import {readMode} from '../../persona/mode.ts'

/**
 * The model that the current person has set for embeddings, or undefined. Read leniently and without the schema of models.json, which
 * would be most of what a search has to load: whoever calls the model reads the file strictly. The fallback is a model that talks.
 */
export function embeddingModel(): string | undefined {
  const models = readDocument('models')
  const mappings = models?.cognitiveModeMappings
  const forMode = isObject(mappings) ? objectOf(mappings[readMode().currentMode]).embedding : undefined
  const name = forMode ?? objectOf(models?.defaults).embedding
  return typeof name === 'string' && name !== '' && name !== 'recall' ? name : undefined
}

/** How a search is made where nobody says: by words and meaning where the person has an embedding model. A damaged models.json is told. */
export function defaultMode(): 'lexical' | 'hybrid' {
  try {
    return embeddingModel() === undefined ? 'lexical' : 'hybrid'
  } catch (error) {
    if (!(error instanceof MhError)) throw error
    notify({code: 'WORDS_ONLY', message: `Searched by words alone: ${error.message}`})
    return 'lexical'
  }
}

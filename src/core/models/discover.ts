import {requirePermission} from '../users/permissions.ts'
import {listServed} from './transport.ts'

/** A server on this machine that answers. */
export interface Discovered {
  /** As `mh model add --provider` takes it. */
  provider: string
  baseURL: string
  models: string[]
}

/** Where the usual servers listen. */
const USUAL: readonly {provider: string; baseURL: string}[] = [
  {provider: 'ollama', baseURL: 'http://127.0.0.1:11434/v1'},
  // LM Studio
  {provider: 'openai-compatible', baseURL: 'http://127.0.0.1:1234/v1'},
  // llama.cpp's server
  {provider: 'openai-compatible', baseURL: 'http://127.0.0.1:8080/v1'},
  // vLLM
  {provider: 'openai-compatible', baseURL: 'http://127.0.0.1:8000/v1'}
]
const PATIENCE_MS = 700

/**
 * Asks the usual local servers which models they have, all at once.
 * @param ollamaHost where Ollama listens, as its own variable OLLAMA_HOST says it ("127.0.0.1:11500")
 */
export async function discoverModels(ollamaHost = process.env.OLLAMA_HOST): Promise<Discovered[]> {
  requirePermission('read')
  const places = USUAL.map((place) =>
    place.provider === 'ollama' ? {...place, baseURL: addressOf(ollamaHost)} : place
  )
  const found = await Promise.all(
    places.map(async ({provider, baseURL}) => {
      const models = await listServed({baseURL}, undefined, AbortSignal.timeout(PATIENCE_MS))
      return models === undefined ? [] : [{provider, baseURL, models}]
    })
  )
  return found.flat()
}

/** Ollama's variable may hold a host, a port or an address; it listens on all addresses where that is 0.0.0.0. */
function addressOf(host: string | undefined): string {
  const usual = 'http://127.0.0.1:11434/v1'
  if (!host) return usual
  const url = URL.parse(/^https?:\/\//.test(host) ? host : `http://${host.startsWith(':') ? `127.0.0.1${host}` : host}`)
  if (url === null) return usual
  const port = url.port || (url.protocol === 'https:' ? '443' : host.includes('://') ? '80' : '11434')
  return `${url.protocol}//${url.hostname === '0.0.0.0' ? '127.0.0.1' : url.hostname}:${port}/v1`
}

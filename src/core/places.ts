import {backend} from './backend.ts'
import {systemPaths} from './system-paths.ts'

/** A text without the place of the data root and of the store, which are the business of whoever runs mh, and of nobody who asks it. */
export function withoutPlaces(text: string): string {
  const {root} = systemPaths
  const rest = text.replaceAll(`${root}/`, '').replaceAll(root, 'the data root')
  const address = backend()?.address
  return address === undefined
    ? rest
    : rest.replaceAll(`${address}/`, 'profiles/').replaceAll(address, 'the store of mh')
}

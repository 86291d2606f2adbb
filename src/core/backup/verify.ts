import {type ReadEntry, readArchive} from './archive.ts'
import {MANIFEST, type Manifest} from './manifest.ts'

/**
 * Reads a whole archive and compares it with its manifest.
 * @returns what is wrong, one sentence each; nothing where it is whole
 */
export async function verifyArchive(path: string): Promise<string[]> {
  let manifest: Manifest | undefined
  const found = new Map<string, ReadEntry>()
  const broken: string[] = []
  try {
    await readArchive(
      path,
      (entry) => {
        if (entry.text !== undefined) manifest = JSON.parse(entry.text) as Manifest
        else if (found.has(entry.name)) broken.push(`${entry.name} is there twice`)
        else found.set(entry.name, entry)
      },
      (name) => name === MANIFEST
    )
  } catch (error) {
    broken.push(`the archive cannot be read to its end: ${(error as Error).message}`)
  }
  if (manifest === undefined) return [...broken, 'the manifest is missing']
  for (const {path: name, size, sha256, link} of manifest.files) {
    const entry = found.get(name)
    found.delete(name)
    if (entry === undefined) broken.push(`${name} is missing`)
    else if (link === undefined ? entry.size !== size || entry.sha256 !== sha256 : entry.link !== link)
      broken.push(`${name} differs`)
  }
  return [...broken, ...[...found.keys()].map((name) => `${name} is not in the manifest`)]
}

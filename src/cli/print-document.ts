/** A document for people, as YAML: what `mh persona edit` opens. */
export async function printDocument(document: unknown): Promise<string> {
  const {stringify} = await import('yaml')
  return stringify(document, {lineWidth: 0}).trimEnd()
}

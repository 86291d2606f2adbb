/** Something worth telling that is no error: a file that could not be read, say. */
export interface Notice {
  code: string
  message: string
}

type Listener = (notice: Notice) => void

const listeners = new Set<Listener>()

/** Tells whoever listens. Core knows no terminal; the command line prints notices on stderr. */
export function notify(notice: Notice): void {
  for (const listener of listeners) listener(notice)
}

/** @returns a function that ends the listening */
export function onNotice(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

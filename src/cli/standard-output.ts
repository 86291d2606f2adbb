/** So much text is written at once. In characters. */
const BLOCK = 64 * 1024

/** Standard output for what is too long to be held: it waits for its reader. */
export class OutputStream {
  private waiting = ''
  private open = true

  /** @returns false where nobody reads any more (`mh memory export | head`) */
  async write(text: string): Promise<boolean> {
    this.waiting += text
    if (this.waiting.length >= BLOCK) await this.flush()
    return this.open
  }

  async flush(): Promise<void> {
    const text = this.waiting
    this.waiting = ''
    if (text === '' || !this.open) return
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(text, (error) => {
        if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') return reject(error)
        if (error) this.open = false
        resolve()
      })
    })
  }
}

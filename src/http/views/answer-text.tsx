import {raw} from 'hono/html'
import type {FC} from 'hono/jsx'
import {linkCitations, renderMarkdown} from './markdown.ts'

interface Props {
  text: string
  /** Addresses of the memories that `[1]`, `[2]` … mean. */
  cited: readonly string[]
  /** A language model writes Markdown; the built-in engine, and people, plain text. */
  markdown: boolean
}

/** An answer as what it means, with what it cites as links. htmx looks for nothing in it. */
export const AnswerText: FC<Props> = ({text, cited, markdown}) => (
  <div class={markdown ? 'prose' : 'plain-text'} hx-ignore="">
    {raw(markdown ? renderMarkdown(text, cited) : linkCitations(text, cited))}
  </div>
)

import {raw} from 'hono/html'
import type {Child, FC} from 'hono/jsx'
import {ASSETS} from '../public/assets.data.ts'

interface Props {
  title: string
  theme?: 'auto' | 'light' | 'dark'
  /** The address that the page leads to by itself. */
  refresh?: string
  children?: Child
}

/** A whole HTML document. Scripts only come from our own files: the pages' policy allows nothing inline. */
export const Document: FC<Props> = ({title, theme = 'auto', refresh, children}) => (
  <>
    {raw('<!doctype html>')}
    <html lang="en" {...(theme === 'auto' ? {} : {'data-theme': theme})}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={theme === 'auto' ? 'light dark' : theme} />
        <meta name="htmx-config" content='{"includeIndicatorCSS": false}' />
        {refresh === undefined ? null : <meta http-equiv="refresh" content={`0; url=${refresh}`} />}
        <title>{title}</title>
        <link rel="icon" href={ASSETS.icon.path} type={ASSETS.icon.type} />
        <link rel="stylesheet" href={ASSETS.style.path} />
        <script src={ASSETS.htmx.path} defer />
        <script src={ASSETS.app.path} defer />
        <script src={ASSETS.chat.path} defer />
      </head>
      <body>{children}</body>
    </html>
  </>
)

import type {App} from '../environment.ts'
import {ASSETS} from '../public/assets.data.ts'

/** Style, scripts and icon. They are nobody's, and their address changes with their text: browsers keep them for good. */
export function registerAssets(app: App): void {
  for (const {path, type, body} of Object.values(ASSETS))
    app.get(path, (c) =>
      c.body(body, 200, {'content-type': type, 'cache-control': 'public, max-age=31536000, immutable'})
    )
}

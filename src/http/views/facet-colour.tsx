import type {FC} from 'hono/jsx'

/** A dot in a facet's colour. A picture, because pages may have no style of their own; whatever is no colour has none. */
export const FacetColour: FC<{color: string | null}> = ({color}) =>
  color !== null && /^#(?:[\da-f]{3}|[\da-f]{6})$/i.test(color) ? (
    <svg class="dot" viewBox="0 0 10 10" aria-hidden="true">
      <circle cx="5" cy="5" r="5" fill={color} />
    </svg>
  ) : null

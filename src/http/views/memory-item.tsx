import type {FC} from 'hono/jsx'
import type {EpisodicEvent} from '../../core/memory/event.ts'
import {Moment} from './moment.tsx'

/** A memory in a list: its text, cut, and what is known of it. Leads to its own page. */
export const MemoryItem: FC<{memory: EpisodicEvent; zone: string}> = ({memory, zone}) => {
  const {id, content, response, timestamp, type, tags, metadata} = memory
  return (
    <li>
      <a class="item-text clamp" href={addressOfMemory(id)}>
        {response === undefined ? content : `${content} — ${response}`}
      </a>
      <p class="meta">
        <Moment at={timestamp} zone={zone} />
        <span>{type}</span>
        {metadata.private === true ? <span class="state state-warn">private</span> : null}
        {tags.map((tag) => (
          <a class="tag" href={`/memories?tag=${encodeURIComponent(tag)}`}>
            {tag}
          </a>
        ))}
      </p>
    </li>
  )
}

export const addressOfMemory = (id: string): string => `/memories/${encodeURIComponent(id)}`

import type {FC} from 'hono/jsx'

const HEIGHT = 40
const WIDTH = 10
const GAP = 4

/** A bar for each number, the highest for the greatest. @param label what they are, for whoever cannot see them */
export const Bars: FC<{numbers: readonly number[]; label: string}> = ({numbers, label}) => {
  const most = Math.max(1, ...numbers)
  return (
    <svg
      class="bars"
      role="img"
      aria-label={`${label}: ${numbers.join(', ')}`}
      viewBox={`0 0 ${numbers.length * (WIDTH + GAP) - GAP} ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      {numbers.map((number, at) => {
        // A day without any has a line, so that the days can be counted.
        const height = number === 0 ? 1 : Math.max(3, (number / most) * HEIGHT)
        return <rect x={at * (WIDTH + GAP)} y={HEIGHT - height} width={WIDTH} height={height} rx="1" />
      })}
    </svg>
  )
}

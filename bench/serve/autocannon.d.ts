/** The part of autocannon that is used here; the package brings no types. */
declare module 'autocannon' {
  interface Request {
    method?: string
    path?: string
    headers?: Record<string, string>
    body?: string
  }
  interface Options extends Request {
    url: string
    connections?: number
    /** Seconds. */
    duration?: number
    requests?: Request[]
    /** Called with each connection before it begins. */
    setupClient?: (client: {setRequests(requests: Request[]): void}) => void
  }
  interface Result {
    /** A second. */
    requests: {average: number}
    non2xx: number
    errors: number
  }
  export default function autocannon(options: Options): Promise<Result>
}

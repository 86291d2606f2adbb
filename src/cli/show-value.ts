/** A setting's value as people read and type it: a text as it is, anything else as JSON, nothing for none. */
export const showValue = (value: unknown): string =>
  typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value)

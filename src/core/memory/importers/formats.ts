/** What an import can be told that its input is. */
export const IMPORT_FORMATS = ['markdown', 'chatgpt', 'claude', 'jsonl', 'metahuman'] as const
export type ImportFormat = (typeof IMPORT_FORMATS)[number]

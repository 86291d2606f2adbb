/** What can be taken out of texts before they leave for a trainer. */
export const REDACTIONS = ['email', 'phone', 'key'] as const
export type Redaction = (typeof REDACTIONS)[number]

/** What was replaced so far, by kind. */
export type RedactionCounts = Record<Redaction, number>

export const noRedactions = (): RedactionCounts => ({email: 0, phone: 0, key: 0})

/**
 * Puts "[email]", "[phone]" and "[key]" in the place of what looks like one. Rather one too many than one too few: a number that
 * only looks like a telephone's is no loss, and what a model has learned cannot be taken out of it again.
 * @param counts is added to
 */
export function redact(text: string, kinds: ReadonlySet<Redaction>, counts: RedactionCounts): string {
  let redacted = text
  // Keys first: a part of one may look like a number.
  for (const kind of ['key', 'email', 'phone'] as const) {
    if (!kinds.has(kind)) continue
    for (const {pattern, is} of PATTERNS[kind])
      redacted = redacted.replaceAll(pattern, (found: string, ...groups: unknown[]) => {
        if (is !== undefined && !is(found)) return found
        counts[kind]++
        // What stands before a secret ("password: ") says what was there, and stays.
        const [before] = groups
        return `${typeof before === 'string' ? before : ''}[${kind}]`
      })
  }
  return redacted
}

interface Pattern {
  pattern: RegExp
  /** Whether a text that the pattern found is one. */
  is?: (found: string) => boolean
}

/** A pattern that begins with a run of any length begins where the run does: tried at each of its characters it would take hours. */
const PATTERNS: Record<Redaction, Pattern[]> = {
  email: [{pattern: /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}._%+-]+@(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}/gu}],
  phone: [
    {pattern: /(?<![\p{L}\p{N}_.,:/-])(?:\+|\(\+?)?\d[\d\u00a0 ()./-]{5,22}\d(?![\p{L}\p{N}_:-])/gu, is: isPhone}
  ],
  key: [
    {pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g},
    // Tokens that say by their beginning whose they are.
    {
      pattern:
        /\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{20,}|\bxox[abprs]-[\w-]{10,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bAIza[\w-]{30,}|\bhf_[A-Za-z0-9]{20,}|\bnpm_[A-Za-z0-9]{30,}|(?<![\w-])eyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?|\bAGE-SECRET-KEY-1[A-Z0-9]{20,}/g
    },
    {
      pattern:
        /((?:\b|_)(?:api[ _-]?key|access[ _-]?key|secret(?:[ _-]?key)?|auth[ _-]?token|token|password|passwort|passphrase|passcode)["']?\s*(?:[:=]|is|lautet)\s*["']?|\bBearer\s+)(?!\[key\])[^\s"',;]{6,}/gi
    },
    {pattern: /\b[A-Za-z0-9_-]{32,}\b/g, is: isRandom}
  ]
}

/** 7 to 15 digits (E.164 has at most 15) that are neither a date, a time, an address of the network nor a plain number. */
function isPhone(found: string): boolean {
  const text = found.trim()
  const digits = text.replaceAll(/\D/g, '')
  if (digits.length < 7 || digits.length > 15) return false
  if (/^\d{4}[-./]\d{1,2}[-./]\d{1,2}/.test(text) || /^\d{1,2}[-./]\d{1,2}[-./]\d{4}/.test(text)) return false
  if (/^\d{4}\s*[-/]\s*\d{4}$/.test(text) || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return false
  if (/^\d{1,3}(?:[. ]\d{3})+$/.test(text)) return false
  return /[^\d]/.test(text) || text.startsWith('0') || digits.length === 10 || digits.length === 11
}

/** Capitals, small letters and digits all through each other; ids of ours and hashes of git have no capitals. */
function isRandom(found: string): boolean {
  return /[A-Z]/.test(found) && /[a-z]/.test(found) && (found.match(/\d/g)?.length ?? 0) >= 3
}

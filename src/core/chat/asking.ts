const SENTENCE = /[^.!?。！？\n]+[.!?。！？]*/g
const QUESTION_MARK = /[?？]\s*$/
const INTERROGATIVE =
  /^(?:(?:and|so|but|ok|okay|hey|hi|hello|please)\b[\s,]*)*(?:who|whom|whose|what|what's|which|why|how|(?:when|where)(?:'s| (?:is|are|was|were|do|does|did|will|would|can|could|should|has|have|had))\b)/i
const AUXILIARY =
  /^(?:(?:and|so|but)\s+)*(?:do|does|did|is|are|was|were|am|can|could|will|would|should|shall|has|have|had)(?:n't)? (?:i|you|we|they|he|she|it|there|this|that|my|our|your|the)\b/i
const REQUEST =
  /^(?:(?:and|so|but|ok|okay|please|now)\b[\s,]*)*(?:(?:can|could|would|will) you\s+)?(?:please\s+)?(?:tell|show|remind|give|list|find|search|look up|look for|summari[sz]e|recall|explain|describe)\b/i

/** True where every sentence of the text asks or requests, so that it tells nothing that could be remembered as a fact. */
export function onlyAsks(text: string): boolean {
  const sentences =
    text
      .match(SENTENCE)
      ?.map((sentence) => sentence.trim())
      .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence)) ?? []
  return sentences.length > 0 && sentences.every(asks)
}

// People leave the question mark out as often as not when they type to a machine.
const asks = (sentence: string): boolean =>
  QUESTION_MARK.test(sentence) ||
  (!sentence.endsWith('!') && (INTERROGATIVE.test(sentence) || AUXILIARY.test(sentence))) ||
  REQUEST.test(sentence)

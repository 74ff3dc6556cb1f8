/**
 * The bytes of a statement as verdicts are found by them: as they are, and with plain integers replaced by one byte.
 *
 * The bytes decide what a plain integer is: digits that make at most 2^31 - 1 (beyond that the lexer calls it another kind of
 * number) with nothing beside them that could make them part of a name, a parameter, another kind of number or a quoted text.
 * Up to the first quote, backslash or dollar-quote the lexer's state is certain; from there on bytes count as they are.
 */

/** Stands for an integer: no statement contains a NUL. */
const INTEGER = 0
const DIGITS_MAX = 10
const INTEGER_MAX = 2 ** 31 - 1

/** Ends whatever is before it, and means nothing by itself. */
const OTHER = 0
/** Part of a word, or something that glues a digit to what is beside it. */
const GLUE = 1
/** What is below has a meaning to the loop. */
const DIGIT = 2
const DOLLAR = 3
/** From here on nothing is certain without a lexer. */
const QUOTE = 4
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte)
  if (char >= '0' && char <= '9') return DIGIT
  if (char === '$') return DOLLAR
  if (/[A-Za-z_.]/.test(char) || byte >= 0x80) return GLUE
  if (char === "'" || char === '"' || char === '\\') return QUOTE
  return OTHER
})
const DOLLAR_BYTE = '$'.charCodeAt(0)
const ZERO = '0'.charCodeAt(0)
/** As a 32-bit integer, as all that is made of it. */
const HASH_START = 0x811c9dc5 | 0
const HASH_PRIME = 0x01000193

/** One is enough for a whole process: each reading replaces the last, and nothing is allocated. */
export class StatementPattern {
  /** The statement with integers replaced: the first `length` bytes. */
  readonly bytes: Buffer
  length = 0
  /** Of `bytes`. */
  hash = 0

  constructor(textBytesMax: number) {
    this.bytes = Buffer.allocUnsafeSlow(textBytesMax)
  }

  read(buffer: Buffer, start: number, end: number): void {
    const bytes = this.bytes
    let out = 0
    let hash = HASH_START
    let at = start
    let certainTo = end
    while (at < end) {
      while (at < end) {
        const byte = buffer[at] as number
        if ((KINDS[byte] as number) >= DIGIT && at < certainTo) break
        bytes[out++] = byte
        hash = Math.imul(hash ^ byte, HASH_PRIME)
        at++
      }
      if (at === end) break
      const kind = KINDS[buffer[at] as number] as number
      if (kind !== DIGIT) {
        // `$1` is a parameter; any other dollar may open a quoted text.
        if (kind === QUOTE || at + 1 >= end || KINDS[buffer[at + 1] as number] !== DIGIT) certainTo = at
        else {
          bytes[out++] = DOLLAR_BYTE
          hash = Math.imul(hash ^ DOLLAR_BYTE, HASH_PRIME)
          at++
        }
        continue
      }
      const stop = digitsEnd(buffer, at, end)
      if (isPlainInteger(buffer, start, at, stop, end)) {
        bytes[out++] = INTEGER
        hash = Math.imul(hash ^ INTEGER, HASH_PRIME)
        at = stop
      } else {
        while (at < stop) {
          const digit = buffer[at++] as number
          bytes[out++] = digit
          hash = Math.imul(hash ^ digit, HASH_PRIME)
        }
      }
    }
    this.length = out
    this.hash = hash
  }
}

function digitsEnd(buffer: Buffer, at: number, end: number): number {
  let stop = at + 1
  while (stop < end && KINDS[buffer[stop] as number] === DIGIT) stop++
  return stop
}

function isPlainInteger(buffer: Buffer, start: number, at: number, stop: number, end: number): boolean {
  if (stop - at > DIGITS_MAX) return false
  if (at > start && KINDS[buffer[at - 1] as number] !== OTHER) return false
  if (stop < end && KINDS[buffer[stop] as number] !== OTHER) return false
  let value = 0
  for (let digit = at; digit < stop; digit++) value = value * 10 + (buffer[digit] as number) - ZERO
  return value <= INTEGER_MAX
}

/** Of a statement's own bytes: that of its pattern, where it has no integer to replace. */
export function exactHash(buffer: Buffer, start: number, end: number): number {
  let hash = HASH_START
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (buffer[at] as number), HASH_PRIME)
  return hash
}

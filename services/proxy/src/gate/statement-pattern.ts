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

const OTHER = 0
const DIGIT = 1
/** Part of a word, or something that glues a digit to what is beside it. */
const GLUE = 2
/** From here on nothing is certain without a lexer. */
const QUOTE = 3
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte)
  if (char >= '0' && char <= '9') return DIGIT
  if (/[A-Za-z_.$]/.test(char) || byte >= 0x80) return GLUE
  if (char === "'" || char === '"' || char === '\\') return QUOTE
  return OTHER
})
const DOLLAR = '$'.charCodeAt(0)
const ZERO = '0'.charCodeAt(0)
const HASH_START = 0x811c9dc5
const HASH_PRIME = 0x01000193

/** One is enough for a whole process: each reading replaces the last, and nothing is allocated. */
export class StatementPattern {
  /** The statement with integers replaced: the first `length` bytes. */
  readonly bytes: Buffer
  length = 0
  /** Of `bytes`. */
  hash = 0
  /** Of the statement's own bytes. */
  exactHash = 0

  constructor(textBytesMax: number) {
    this.bytes = Buffer.allocUnsafeSlow(textBytesMax)
  }

  read(buffer: Buffer, start: number, end: number): void {
    const bytes = this.bytes
    let out = 0
    let hash = HASH_START
    let exactHash = HASH_START
    let certain = true
    let previous = OTHER
    let at = start
    while (at < end) {
      let byte = buffer[at] as number
      let kind = KINDS[byte] as number
      exactHash = Math.imul(exactHash ^ byte, HASH_PRIME)
      if (certain) {
        if (kind === DIGIT && previous === OTHER) {
          let stop = at + 1
          let value = byte - ZERO
          let hashed = exactHash
          while (stop < end && KINDS[buffer[stop] as number] === DIGIT) {
            const digit = buffer[stop++] as number
            value = value * 10 + digit - ZERO
            hashed = Math.imul(hashed ^ digit, HASH_PRIME)
          }
          const after = stop < end ? (KINDS[buffer[stop] as number] as number) : OTHER
          if (stop - at <= DIGITS_MAX && value <= INTEGER_MAX && after === OTHER) {
            byte = INTEGER
            exactHash = hashed
            at = stop - 1
          } else kind = GLUE
        } else if (kind === DIGIT) kind = GLUE
        else if (kind === QUOTE) certain = false
        // `$1` is a parameter; any other dollar may open a quoted text.
        else if (byte === DOLLAR && (at + 1 >= end || KINDS[buffer[at + 1] as number] !== DIGIT)) certain = false
        previous = kind
      }
      bytes[out++] = byte
      hash = Math.imul(hash ^ byte, HASH_PRIME)
      at++
    }
    this.length = out
    this.hash = hash
    this.exactHash = exactHash
  }
}

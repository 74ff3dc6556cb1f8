/**
 * Verdicts of statements seen before, found by the statement's bytes with nothing decoded and nothing allocated.
 *
 * Statements that differ only in plain integers share a verdict where the policy engine says that the integers do not
 * matter to it. The bytes decide what a plain integer is: digits that make at most 2^31 - 1 (beyond that the lexer calls it
 * another kind of number) with nothing beside them that could make them part of a name, a parameter, another kind of number or a quoted text. Up to the first quote, backslash or
 * dollar-quote the lexer's state is certain; from there on bytes are compared as they are.
 */
import { isReplacement, type Judgement } from '../relay/gate.js'

/** Stands for an integer: no statement contains a NUL. */
const INTEGER = 0
const DIGITS_MAX = 10
const INTEGER_MAX = 2 ** 31 - 1
/** Longer texts are judged anew each time: a cache of them would mostly hold one-off statements. */
const TEXT_BYTES_MAX = 4096

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

interface Entry {
  readonly pattern: Buffer
  readonly integersShared: boolean
  readonly judgement: Judgement
  readonly next: Entry | undefined
  /** Entries behind this one with the same hash. */
  readonly depth: number
}
/** Texts made to collide must not make look-ups slow: a chain that has grown this long is started anew. */
const CHAIN_MAX = 8

function extraBytes(judgement: Judgement): number {
  if (!isReplacement(judgement)) return 0
  const { replacement, after, parts = [], outcomes = [] } = judgement
  return parts.reduce((sum, part) => sum + part.length, (replacement?.length ?? 0) + (after?.length ?? 0)) + outcomes.length * 100
}

export class VerdictTable {
  private entries = new Map<number, Entry>()
  private bytes = 0
  private readonly scratch = Buffer.allocUnsafeSlow(TEXT_BYTES_MAX)
  private scratchLength = 0
  private hash = 0

  constructor(private readonly bytesMax: number) {}

  /** `'unknown'`, or the verdict: undefined for allowed. */
  find(buffer: Buffer, start: number, end: number): Judgement | 'unknown' {
    if (end - start > TEXT_BYTES_MAX) return 'unknown'
    this.normalize(buffer, start, end)
    for (let entry = this.entries.get(this.hash); entry !== undefined; entry = entry.next) {
      const same = entry.integersShared
        ? entry.pattern.length === this.scratchLength && entry.pattern.compare(this.scratch, 0, this.scratchLength) === 0
        : entry.pattern.length === end - start && entry.pattern.compare(buffer, start, end) === 0
      if (same) return entry.judgement
    }
    return 'unknown'
  }

  /** Remembers the verdict of a text. */
  add(buffer: Buffer, start: number, end: number, judgement: Judgement, integersShared: boolean): void {
    if (end - start > TEXT_BYTES_MAX) return
    this.normalize(buffer, start, end)
    const pattern = Buffer.from(integersShared ? this.scratch.subarray(0, this.scratchLength) : buffer.subarray(start, end))
    const bytes = pattern.length + extraBytes(judgement) + 200
    this.bytes += bytes
    if (this.bytes > this.bytesMax) {
      this.entries = new Map()
      this.bytes = bytes
    }
    const head = this.entries.get(this.hash)
    const next = head && head.depth < CHAIN_MAX ? head : undefined
    this.entries.set(this.hash, { pattern, integersShared, judgement, next, depth: next ? next.depth + 1 : 0 })
  }

  private normalize(buffer: Buffer, start: number, end: number): void {
    const scratch = this.scratch
    let out = 0
    let hash = 0x811c9dc5
    let certain = true
    let previous = OTHER
    let at = start
    while (at < end) {
      let byte = buffer[at] as number
      let kind = KINDS[byte] as number
      if (certain) {
        if (kind === DIGIT && previous === OTHER) {
          let stop = at + 1
          let value = byte - ZERO
          while (stop < end && KINDS[buffer[stop] as number] === DIGIT) value = value * 10 + (buffer[stop++] as number) - ZERO
          const after = stop < end ? (KINDS[buffer[stop] as number] as number) : OTHER
          if (stop - at <= DIGITS_MAX && value <= INTEGER_MAX && after === OTHER) {
            byte = INTEGER
            kind = DIGIT
            at = stop - 1
          } else kind = GLUE
        } else if (kind === DIGIT) kind = GLUE
        else if (kind === QUOTE) certain = false
        // `$1` is a parameter; any other dollar may open a quoted text.
        else if (byte === DOLLAR && (at + 1 >= end || KINDS[buffer[at + 1] as number] !== DIGIT)) certain = false
        previous = kind
      }
      scratch[out++] = byte
      hash = Math.imul(hash ^ byte, 0x01000193)
      at++
    }
    this.scratchLength = out
    this.hash = hash
  }
}

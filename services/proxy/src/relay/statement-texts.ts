/**
 * What a text runs, as far as budgets need it: how many statements a Query holds, and whether it only ends a transaction. Bytes are
 * looked at, nothing is parsed. Where the server might read a backslash in a string one way or the other, the larger count is taken;
 * where it might take the bytes for other characters than they look like, every semicolon counts.
 */

const QUOTE = 0x27
const DOUBLE_QUOTE = 0x22
const DOLLAR = 0x24
const SEMICOLON = 0x3b
const BACKSLASH = 0x5c
const DASH = 0x2d
const SLASH = 0x2f
const STAR = 0x2a
const OPEN = 0x28
const CLOSE = 0x29
const NEWLINE = 0x0a
const RETURN = 0x0d
const ENDING_CHARS_MAX = 200
const ENDING = /^\s*(?:commit|rollback|end|abort)(?![\w$\x80-\xff])[^;]*;?\s*$/i
const TAG = /^\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$/

/**
 * How many statements a Query with this text runs; at least one.
 * @param utf8 whether its encoding is known to be UTF-8: in others a byte that looks like ASCII may be half of a character
 */
export function statementsIn(buffer: Buffer, start: number, end: number, utf8: boolean): number {
  const at = buffer.indexOf(SEMICOLON, start)
  if (at < 0 || at >= end || isBlank(buffer, at + 1, end)) return 1
  if (!utf8 && isMultibyte(buffer, start, end)) return semicolons(buffer, start, end) + 1
  const plain = count(buffer, start, end, false)
  const slash = buffer.indexOf(BACKSLASH, start)
  return Math.max(1, plain, slash >= 0 && slash < end ? count(buffer, start, end, true) : 0)
}

/** Whether this text is one COMMIT, END, ROLLBACK or ABORT, of whichever form. */
export function endsTransaction(buffer: Buffer, start: number, end: number): boolean {
  let at = start
  while (at < end && isSpace(buffer[at] as number)) at++
  const first = (buffer[at] as number) | 0x20
  if (at >= end || (first !== 0x63 && first !== 0x72 && first !== 0x65 && first !== 0x61)) return false
  return end - at <= ENDING_CHARS_MAX && ENDING.test(buffer.toString('latin1', at, end))
}

function count(buffer: Buffer, start: number, end: number, backslashes: boolean): number {
  let statements = 0
  let pending = false
  let depth = 0
  let at = start
  while (at < end) {
    const byte = buffer[at] as number
    if (byte === SEMICOLON && depth === 0) {
      if (pending) statements++
      pending = false
      at++
    } else if (byte === DASH && buffer[at + 1] === DASH) at = endOfLine(buffer, at + 2, end)
    else if (byte === SLASH && buffer[at + 1] === STAR) at = endOfComment(buffer, at + 2, end)
    else {
      if (!isSpace(byte)) pending = true
      if (byte === QUOTE) at = endOfQuoted(buffer, at + 1, end, QUOTE, backslashes)
      else if (byte === DOUBLE_QUOTE) at = endOfQuoted(buffer, at + 1, end, DOUBLE_QUOTE, false)
      else if (byte === DOLLAR && !(at > start && isWord(buffer[at - 1] as number))) at = endOfDollars(buffer, at, end)
      else {
        if (byte === OPEN) depth++
        else if (byte === CLOSE && depth > 0) depth--
        at++
      }
    }
  }
  return pending ? statements + 1 : statements
}

function isMultibyte(buffer: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if ((buffer[at] as number) >= 0x80) return true
  return false
}

function semicolons(buffer: Buffer, from: number, end: number): number {
  let found = 0
  for (let at = buffer.indexOf(SEMICOLON, from); at >= 0 && at < end; at = buffer.indexOf(SEMICOLON, at + 1)) found++
  return found
}

function endOfQuoted(buffer: Buffer, from: number, end: number, quote: number, backslashes: boolean): number {
  for (let at = from; at < end; at++) {
    const byte = buffer[at] as number
    if (backslashes && byte === BACKSLASH) at++
    else if (byte === quote) {
      if (buffer[at + 1] !== quote) return at + 1
      at++
    }
  }
  return end
}

/** Behind `$tag$ … $tag$`, or behind a dollar that begins no such string. */
function endOfDollars(buffer: Buffer, at: number, end: number): number {
  const tag = TAG.exec(buffer.toString('latin1', at, Math.min(end, at + 130)))?.[0]
  if (tag === undefined) return at + 1
  const close = buffer.indexOf(tag, at + tag.length, 'latin1')
  return close < 0 || close >= end ? end : close + tag.length
}

function endOfComment(buffer: Buffer, from: number, end: number): number {
  let depth = 1
  let at = from
  for (; at < end && depth > 0; at++) {
    if (buffer[at] === SLASH && buffer[at + 1] === STAR) {
      depth++
      at++
    } else if (buffer[at] === STAR && buffer[at + 1] === SLASH) {
      depth--
      at++
    }
  }
  return at
}

function endOfLine(buffer: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && buffer[at] !== NEWLINE && buffer[at] !== RETURN) at++
  return at
}

function isBlank(buffer: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at++) if (!isSpace(buffer[at] as number)) return false
  return true
}

const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)
const isWord = (byte: number): boolean => (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a) || byte === 0x5f || byte === DOLLAR || byte >= 0x80

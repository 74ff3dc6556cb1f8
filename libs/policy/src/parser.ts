/** Postgres's own grammar, as WebAssembly. Loaded once, then synchronous. */
import { hasSqlDetails, loadModule, parseSync } from 'libpg-query'
import { Refusal } from './denial.js'

/** A raw parse tree: objects whose only key is the node's kind, or plain structs where the grammar fixes the kind. */
export type Tree = { readonly [field: string]: unknown }

/** Bytes of UTF-8. Parsing takes about 0.4 µs a byte, so this bounds one decision to about 0.1 s. */
export const TEXT_BYTES_MAX = 256 * 1024

/** Where nothing but the floors is asked of a text, it may be longer: a large INSERT is nothing unusual. */
export const FLOOR_TEXT_BYTES_MAX = 1024 * 1024

let loaded = false

/** Loads the parser; await it once before `decide` or `buildCatalog`. */
export async function loadParser(): Promise<void> {
  await loadModule()
  loaded = true
}

/** The statements of a text. What the grammar does not take is a refusal, never an exception of another kind. */
export function parseStatements(text: string, bytesMax = TEXT_BYTES_MAX): readonly Tree[] {
  if (!loaded) throw new Refusal('parse_error', 'the SQL parser is not loaded yet', 'Try again in a moment.')
  if (text.length * 3 > bytesMax && Buffer.byteLength(text, 'utf8') > bytesMax) {
    throw new Refusal('size_limit', `the statement is longer than ${bytesMax / 1024} KB`, 'Send it in smaller parts, or large values as parameters.', '54000')
  }
  // A C parser stops at a NUL and the server might not: the two would read different statements.
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new Refusal('parse_error', 'the statement holds characters that are not valid text', 'Send plain UTF-8 without NUL bytes.')
  }
  if (text === '') return []
  try {
    return (parseSync(text) as { stmts?: Tree[] }).stmts ?? []
  } catch (error) {
    throw parseRefusal(error, text)
  }
}

// A plain syntax error keeps Postgres's own message and SQLSTATE, since a person or a model corrects it as usual. The
// statement is not forwarded all the same: what this grammar cannot read, an older or newer server might.
function parseRefusal(error: unknown, text: string): Refusal {
  const message = error instanceof Error ? error.message : 'unknown parser error'
  if (hasSqlDetails(error) && !/memory exhausted|stack depth/.test(message)) {
    const offset = error.sqlDetails?.cursorPosition
    const ascii = offset !== undefined && offset >= 0 && offset <= text.length && /^[\x00-\x7f]*$/.test(text)
    return new Refusal('parse_error', message, 'Correct the syntax and send the statement again.', '42601', ascii ? offset + 1 : undefined)
  }
  return new Refusal('parse_error', 'the statement is too complex to be checked', 'Simplify it, for example by nesting less.', '42501')
}

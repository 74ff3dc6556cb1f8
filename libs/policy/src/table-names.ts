/** Names of tables as a policy's lists have them: read as Postgres reads names in a statement. */

/** `name` undefined stands for every relation of the schema. */
export interface TableName {
  /** As the policy has it. */
  readonly text: string
  readonly schema: string
  readonly name: string | undefined
}

/** Postgres cuts longer names off, at a whole character. */
const NAME_BYTES_MAX = 63
const PART = /^(?:"((?:[^"\0]|"")+)"|([A-Za-z_\u0080-\u{10ffff}][A-Za-z0-9_$\u0080-\u{10ffff}]*))/u

/**
 * Reads `orders`, `sales.orders`, `"Orders"`, `sales."Daily Sums"` or `sales.*`. A bare name means the schema public.
 * @returns the name, or why it is none, in words for whoever wrote it
 */
export function parseTableName(text: string): TableName | string {
  const first = part(text)
  if (first === undefined) {
    if (text.trim() === '*') return '* alone is no table; write schema.* for every table of a schema'
    return 'write a table as orders, sales.orders or sales.*; a name with other characters or capitals stands in double quotes, as "Order Items"'
  }
  if (first.rest === '') return { text, schema: 'public', name: first.name }
  if (!first.rest.startsWith('.')) return `${JSON.stringify(first.rest)} does not belong to a name; quote names that contain other characters: "order-items"`
  const after = first.rest.slice(1)
  if (after === '*') return { text, schema: first.name, name: undefined }
  const second = part(after)
  if (second === undefined) return 'behind the dot stands a table, or * for every table of the schema'
  if (second.rest.startsWith('.')) return 'a table has at most a schema in front of it: sales.orders'
  if (second.rest !== '') return `${JSON.stringify(second.rest)} does not belong to a name; quote names that contain other characters: "order-items"`
  return { text, schema: first.name, name: second.name }
}

function part(text: string): { readonly name: string; readonly rest: string } | undefined {
  const match = PART.exec(text)
  if (match === null) return undefined
  const [whole, quoted, plain] = match
  return { name: cut(quoted === undefined ? fold(plain ?? '') : quoted.replaceAll('""', '"')), rest: text.slice(whole.length) }
}

/** Postgres folds ASCII letters; what it does to others depends on the server, so those stay as they are. */
function fold(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

function cut(name: string): string {
  if (name.length * 3 <= NAME_BYTES_MAX || Buffer.byteLength(name) <= NAME_BYTES_MAX) return name
  let bytes = 0
  let kept = ''
  for (const character of name) {
    bytes += Buffer.byteLength(character)
    if (bytes > NAME_BYTES_MAX) break
    kept += character
  }
  return kept
}

/** A name as a statement must have it: quoted where folding would change it. */
export function quoted(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}

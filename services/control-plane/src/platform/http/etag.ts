/**
 * ETags: a digest of everything that is stored of a resource but when it was last used, so that use alone makes nobody's
 * `If-Match` fail. A view carries the tag of the row that it was made from.
 */
import { createHash } from 'node:crypto'

/** Columns that change without anybody changing the resource. */
const fleeting: ReadonlySet<string> = new Set(['lastUsedAt', 'lastUsedIp', 'lastUsedVia', 'lastUsedAgent', 'staleAttempts'])
const TAG_CHARS = 22

const tags = new WeakMap<object, string>()

/** Marks a view with the tag of its row. */
export function tagged<View extends object>(row: object, view: View): View {
  tags.set(view, etagOf(row))
  return view
}

/** The strong tag of a row. Secrets, as all bytes, are left out: what changes them changes a date or a version too. */
export function etagOf(row: object): string {
  const kept = Object.entries(row)
    .filter(([name, value]) => !fleeting.has(name) && !(value instanceof Uint8Array))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const text = JSON.stringify(kept, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, TAG_CHARS)}"`
}

/** The tag of an answer: of the view that it is, or of the first one in it (`{credential, password}`). */
export function tagIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  return tags.get(body) ?? Object.values(body).map((value: unknown) => (typeof value === 'object' && value !== null ? tags.get(value) : undefined)).find(Boolean)
}

/**
 * `If-Match`: a change is made only to the state that its caller has seen. The condition travels beside the call to the
 * repository, which alone can compare it with a row that nobody else is changing.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { SetMetadata } from '@nestjs/common'
import { InvalidInput, PreconditionFailed } from './errors.js'
import { etagOf } from './etag.js'

export const CONDITIONAL = 'pgbeam:conditional'

/** For routes whose repository calls `mustMatch`. On others `If-Match` is refused, since it would mean nothing. */
export const Conditional = (): MethodDecorator => SetMetadata(CONDITIONAL, true)

/** What `If-Match` or `If-None-Match` names: tags, or anything there is. */
export type Tags = '*' | ReadonlySet<string>

const conditions = new AsyncLocalStorage<Tags | undefined>()
export const runUnder = <T>(ifMatch: Tags | undefined, work: () => T): T => conditions.run(ifMatch, work)

/** Whether the call is to change one certain state only: `mustMatch` has to be called. */
export const isConditional = (): boolean => conditions.getStore() !== undefined

/** Called with the row locked, before anything is changed. @throws PreconditionFailed */
export function mustMatch(row: object): void {
  const wanted = conditions.getStore()
  if (wanted === undefined || wanted === '*' || wanted.has(etagOf(row))) return
  throw new PreconditionFailed('this was changed since it was read; read it again, and send its new ETag as If-Match')
}

const TAG = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\uffff]*"`
const LIST = new RegExp(`^${TAG}(?:[ \\t]*,[ \\t]*${TAG})*$`)
/** How tags look in the headers, for the document. */
export const tagsPattern = '^(W/)?"[A-Za-z0-9_-]*"( ?, ?(W/)?"[A-Za-z0-9_-]*")*$'

/** @throws InvalidInput for what is neither `*` nor a list of quoted tags */
export function tagsOf(header: string | undefined, name: 'If-Match' | 'If-None-Match'): Tags | undefined {
  const text = header?.trim()
  if (text === undefined) return undefined
  if (text === '*') return '*'
  if (!LIST.test(text)) throw new InvalidInput(`${name}: is neither * nor a list of tags in double quotes, as ETag sends them`, [{ field: name, code: 'invalid', detail: 'send an ETag as it came, in its double quotes' }])
  const found = text.match(new RegExp(TAG, 'g')) ?? []
  // A weak tag matches nothing where something is about to be changed; to read, its strong part is good enough.
  return new Set(name === 'If-Match' ? found.filter((tag) => !tag.startsWith('W/')) : found.map((tag) => tag.replace(/^W\//, '')))
}

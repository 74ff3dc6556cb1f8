/** Lists in order of id, a page at a time. A token says behind which id the next page begins. */
import type { Request, Response } from 'express'
import { isId, type IdKind } from '@pgbeam/kernel'
import { InvalidInput } from './errors.js'

export interface PageRequest {
  readonly size: number
  readonly after: string | undefined
}

/** @throws InvalidInput for a token that this list did not give out */
export function pageOf(query: { page_size: number; page_token?: string | undefined }, kind: IdKind): PageRequest {
  if (query.page_token === undefined) return { size: query.page_size, after: undefined }
  const after = Buffer.from(query.page_token, 'base64url').toString('utf8')
  if (!isId(kind, after)) throw new InvalidInput('page_token: is not a token of this list', [{ field: 'page_token', code: 'invalid', detail: 'is not a token of this list' }])
  return { size: query.page_size, after }
}

/** What Prisma needs for a page, and one row more to see whether another follows. */
export const pageArgs = ({ size }: PageRequest) => ({ take: size + 1, orderBy: { id: 'asc' as const } })
export const afterPage = ({ after }: PageRequest) => (after === undefined ? {} : { id: { gt: after } })

export interface Page<Row> {
  readonly rows: readonly Row[]
  readonly next_page_token: string | null
}

export function toPage<Row extends { id: string }>(rows: readonly Row[], { size }: PageRequest): Page<Row> {
  const shown = rows.slice(0, size)
  const last = shown.at(-1)
  return { rows: shown, next_page_token: rows.length > size && last ? Buffer.from(last.id).toString('base64url') : null }
}

/** The Link header of a list that goes on. */
export function linkNext(request: Request, response: Response, token: string | null): void {
  if (token === null) return
  const next = new URL(request.originalUrl, 'http://unused')
  next.searchParams.set('page_token', token)
  response.setHeader('Link', `<${next.pathname}${next.search}>; rel="next"`)
}

/** Page tokens of lists in order of a log's positions. */
import { InvalidInput } from './errors.js'

/** @returns where the page before ended. @throws InvalidInput for a token that such a list did not give out */
export function positionOf(token: string | undefined): number | undefined {
  if (token === undefined) return undefined
  const text = Buffer.from(token, 'base64url').toString('utf8')
  if (!/^[1-9][0-9]{0,14}$/.test(text)) throw new InvalidInput('page_token: is not a token of this list', [{ field: 'page_token', code: 'invalid', detail: 'is not a token of this list' }])
  return Number(text)
}

export const toPositionToken = (position: bigint): string => Buffer.from(String(position)).toString('base64url')

/**
 * Whether a browser says that a request comes from a page of ours. Browsers send `Sec-Fetch-Site` and, with everything but
 * GET and HEAD, `Origin`; no page can change either. SameSite cookies alone would let pages of sibling hosts through.
 */
import type { IncomingHttpHeaders } from 'node:http'

/** For requests that a cookie authenticates: a browser must have said that they are ours. */
export function isSameOrigin(headers: IncomingHttpHeaders, publicUrl: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') return false
  if (headers.origin === undefined) return site === 'same-origin'
  return isOurs(headers.origin, headers.host, publicUrl)
}

/** For requests without a cookie, such as signing in: no browser must have said that they are another's. */
export function isNotCrossOrigin(headers: IncomingHttpHeaders, publicUrl: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  return headers.origin === undefined || isOurs(headers.origin, headers.host, publicUrl)
}

/** `Host` is what the browser connected to; behind a proxy that changes it, the configured address counts. */
function isOurs(origin: string, host: string | undefined, publicUrl: string): boolean {
  if (origin === publicUrl) return true
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host
}

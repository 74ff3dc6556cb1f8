/** The cookie that carries a session. */
import type { Request, Response } from 'express'

/** `__Host-` keeps a cookie to this host and to TLS; a laptop without TLS does without. */
export const sessionCookieName = (publicUrl: string): string => (isTls(publicUrl) ? '__Host-pgbeam_session' : 'pgbeam_session')

/** What every cookie of ours has: no script reads it, no other site's request carries it but the visit of a link. */
export const cookieOptions = (publicUrl: string) => ({ httpOnly: true, sameSite: 'lax', secure: isTls(publicUrl), path: '/' }) as const

const isTls = (publicUrl: string): boolean => publicUrl.startsWith('https:')

/** The first cookie of this name, or undefined. */
export function cookieOf(request: Request, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [given = '', value = ''] = pair.split('=')
    if (given.trim() === name) return value.trim()
  }
  return undefined
}

export function setSessionCookie(response: Response, publicUrl: string, token: string, expires: Date): void {
  response.cookie(sessionCookieName(publicUrl), token, { ...cookieOptions(publicUrl), expires })
}

export function clearSessionCookie(response: Response, publicUrl: string): void {
  response.clearCookie(sessionCookieName(publicUrl), cookieOptions(publicUrl))
}

/**
 * Ends a connection whose request was answered before its body was read (no key, no such address, too large). For a moment
 * the rest is thrown away as it comes: a client that is still sending would otherwise see a reset instead of the answer.
 */
import type { NextFunction, Request, Response } from 'express'

const GRACE_MS = 2_000

export function endUnreadBody(request: Request, response: Response, next: NextFunction): void {
  response.on('finish', () => {
    if (request.complete) return
    request.resume()
    const timer = setTimeout(() => request.socket.destroy(), GRACE_MS)
    request.once('close', () => clearTimeout(timer))
    request.once('end', () => clearTimeout(timer))
  })
  next()
}

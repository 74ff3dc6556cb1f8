/**
 * Reads bodies. A body without a content type, or with the one that `curl -d` sends, is read as JSON where an API key
 * authenticates the call; cookie sessions get no such help (a form of another site can send those types).
 */
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import express from 'express'
import { InvalidInput, UnsupportedMediaType } from './errors.js'

const BODY_BYTES_MAX = 2_000_000
const STRANGERS_BODY_BYTES_MAX = 16_000

export const jsonBody = readerOf(BODY_BYTES_MAX)
/** For routes that anybody may call. */
export const strangersBody = readerOf(STRANGERS_BODY_BYTES_MAX)

function readerOf(bytesMax: number) {
  const raw = express.raw({ type: () => true, limit: bytesMax })
  return (request: Request, response: Response, next: NextFunction): void => parse(raw, request, response, next)
}

function parse(raw: RequestHandler, request: Request, response: Response, next: NextFunction): void {
  void raw(request, response, (error?: unknown) => {
    if (error !== undefined) return next(error)
    const bytes: unknown = request.body
    if (!Buffer.isBuffer(bytes) || bytes.length === 0) {
      request.body = undefined
      return next()
    }
    if (!isJson(request)) return next(new UnsupportedMediaType('send the body as application/json'))
    try {
      request.body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown
    } catch {
      return next(new InvalidInput('the body is not JSON'))
    }
    next()
  })
}

function isJson(request: Request): boolean {
  const [type = ''] = (request.get('content-type') ?? '').split(';')
  const name = type.trim().toLowerCase()
  if (name === 'application/json' || /^application\/[\w.-]+\+json$/.test(name)) return true
  const withKey = request.get('authorization') !== undefined || request.get('x-api-key') !== undefined
  return withKey && (name === '' || name === 'application/x-www-form-urlencoded')
}

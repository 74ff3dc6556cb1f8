/**
 * Reads bodies. A body without a content type, or with the one that `curl -d` sends, is read as JSON where an API key
 * authenticates the call; cookie sessions, once there are any, get no such help (a form of another site can send those types).
 */
import type { NextFunction, Request, Response } from 'express'
import express from 'express'
import { InvalidInput, UnsupportedMediaType } from './errors.js'

const BODY_BYTES_MAX = 2_000_000
const raw = express.raw({ type: () => true, limit: BODY_BYTES_MAX })

export function jsonBody(request: Request, response: Response, next: NextFunction): void {
  raw(request, response, (error?: unknown) => {
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

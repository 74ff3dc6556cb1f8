/**
 * `/docs`: the API reference, as Swagger UI shows /v1/openapi.json. Everything comes from this process and nothing else is
 * allowed to: a page that people paste keys into must not talk to anybody else.
 */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { NextFunction, Request, Response } from 'express'

const assets = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))

/** What the page consists of. Other files of the package are of no use to it. */
const files: Readonly<Record<string, { readonly type: string; readonly from?: string; readonly text?: string }>> = {
  '/': {
    type: 'text/html; charset=utf-8',
    text: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>PgBeam API reference</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<noscript>This page needs JavaScript. The same as JSON: <a href="/v1/openapi.json">/v1/openapi.json</a></noscript>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`,
  },
  '/start.js': {
    type: 'text/javascript; charset=utf-8',
    // No validator badge: it would ask a server of Swagger's. No persisted keys: they would outlive the page.
    text: `SwaggerUIBundle({ url: '/v1/openapi.json', dom_id: '#reference', deepLinking: true, docExpansion: 'list', validatorUrl: null, persistAuthorization: false })\n`,
  },
  '/swagger-ui.css': { type: 'text/css; charset=utf-8', from: 'swagger-ui.css' },
  '/swagger-ui-bundle.js': { type: 'text/javascript; charset=utf-8', from: 'swagger-ui-bundle.js' },
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'", // Swagger UI sets styles of its own elements
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Mounted at /docs. */
export function apiReference(request: Request, response: Response, next: NextFunction): void {
  const file = files[request.path]
  if (!file || (request.method !== 'GET' && request.method !== 'HEAD')) return next()
  response.setHeader('Content-Security-Policy', POLICY)
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Referrer-Policy', 'no-referrer')
  response.type(file.type)
  if (file.text !== undefined) response.send(file.text)
  else response.sendFile(join(assets, file.from ?? ''), { cacheControl: false, dotfiles: 'allow' })
}

/** The MCP door. Until the endpoint is built it checks the bearer, as it always will, and says that there is nothing behind it yet. */
import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import { tokenKind } from '@pgbeam/kernel'
import type { Credential } from '../credentials/credential.js'
import type { CredentialStore } from '../credentials/credential-store.js'
import { TooManyLogins } from '../auth/errors.js'
import type { Strangers } from '../auth/strangers.js'
import type { ServerCertificate } from '../listen/server-certificate.js'

const INVALID = 'Bearer realm="pgbeam", error="invalid_token"'

export function createMcpDoor(certificate: ServerCertificate, store: CredentialStore, strangers: Strangers, nowMs: () => number, serves: () => boolean): Server {
  return createServer({ cert: certificate.cert, key: certificate.key, minVersion: 'TLSv1.2', headersTimeout: 10_000, requestTimeout: 30_000 }, (request, response) => {
    const answer = (status: number, code: string, detail: string, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': 'application/problem+json', ...headers })
      response.end(JSON.stringify({ type: 'about:blank', title: code, status, code, detail }))
      request.resume()
    }
    // A request's target may be anything, `//` included, which is no URL: it is cut here, not parsed.
    if ((request.url ?? '').split('?', 1)[0] !== '/mcp') {
      answer(404, 'NOT_FOUND', 'The MCP endpoint is at /mcp.')
      return
    }
    const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (bearer === undefined || tokenKind(bearer) !== 'mcp') {
      answer(401, 'UNAUTHORIZED', 'Send the MCP token of a credential: Authorization: Bearer pba_…', { 'www-authenticate': INVALID })
      return
    }
    const tokenHash = createHash('sha256').update(bearer).digest('hex')
    const attempt = strangers.enter(request.socket.remoteAddress ?? '')
    const known = store.knownByMcpToken(tokenHash)
    if (!known && !attempt.allowed) {
      answer(429, 'TOO_MANY_REQUESTS', 'Too many tokens are waiting to be checked; try again in a few seconds.', { 'retry-after': '2' })
      return
    }
    Promise.resolve(known ?? store.byMcpToken(tokenHash, attempt.from)).then(
      (credential) => {
        if (credential) attempt.proven()
        if (!credential || !usable(credential, nowMs())) answer(401, 'UNAUTHORIZED', 'This token does not work (any more).', { 'www-authenticate': INVALID })
        else if (!serves()) answer(503, 'SERVICE_UNAVAILABLE', 'This proxy has lost its control plane, and may not serve without it; try again in a few seconds.')
        else answer(503, 'SERVICE_UNAVAILABLE', 'The MCP endpoint is not available yet; use the Postgres connection string.')
      },
      (error: unknown) => {
        if (error instanceof TooManyLogins) answer(429, 'TOO_MANY_REQUESTS', 'Too many tokens are waiting to be checked; try again in a few seconds.', { 'retry-after': '2' })
        else answer(503, 'SERVICE_UNAVAILABLE', 'This proxy cannot reach its control plane; try again in a few seconds.')
      },
    )
  })
}

function usable(credential: Credential, nowMs: number): boolean {
  return credential.status === 'active' && !credential.projectDisabled && nowMs < credential.expiresAtMs
}

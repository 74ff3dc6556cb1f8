/** Health and metrics on an address of their own, for the platform alone. */
import { createServer, type Server } from 'node:http'

export interface AdminParts {
  readonly ready: () => boolean
  readonly metrics: () => Promise<string>
}

export function createAdmin({ ready, metrics }: AdminParts): Server {
  return createServer((request, response) => {
    const answer = (status: number, body: string, type = 'text/plain; charset=utf-8') => {
      response.writeHead(status, { 'content-type': type })
      response.end(body)
    }
    switch (request.url) {
      case '/healthz':
        answer(200, 'ok\n')
        return
      case '/readyz':
        answer(ready() ? 200 : 503, ready() ? 'ready\n' : 'not ready\n')
        return
      case '/metrics':
        metrics().then(
          (text) => {
            answer(200, text, 'text/plain; version=0.0.4; charset=utf-8')
          },
          () => {
            answer(500, 'metrics are not available\n')
          },
        )
        return
      default:
        answer(404, 'this address serves /healthz, /readyz and /metrics\n')
    }
  })
}

/** Answers what is no HTTP that Node can read: no request comes of it, so neither Express nor Nest ever sees it. */
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { STATUS_CODES } from 'node:http'
import { makeId } from '@pgbeam/kernel'
import { problemOf } from './problem.js'

const details: Readonly<Record<string, { status: number; detail: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'the headers are larger than 16 kB' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'the request did not come in time' },
}

/** For `server.on('clientError')`. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { status, detail } = details[error.code ?? ''] ?? { status: 400, detail: 'this is not an HTTP request' }
  const requestId = makeId('RequestId', Date.now(), randomBytes(10))
  const body = JSON.stringify(problemOf({ status, code: status === 408 ? 'TIMEOUT' : 'INVALID_INPUT', message: detail, errors: [] }, requestId))
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`, 'Content-Type: application/problem+json; charset=utf-8', `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store', `X-Request-Id: ${requestId}`, 'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/**
 * A socket to a database, encrypted as its `ssl_mode` says, with libpq's meaning of each mode (Postgres manual, "SSL
 * Support"). TLS is always layered on a socket of ours: only that one can be reset, which is what ends a statement at once.
 */
import { X509Certificate } from 'node:crypto'
import { BlockList, connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { endPointData } from '@pgbeam/scram'
import type { DatabaseTarget } from '../credentials/credential.js'
import { UpstreamTlsRefused, UpstreamUnavailable } from './errors.js'
import { keepLastWords } from './last-words.js'

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])
const ACCEPTED = 'S'.charCodeAt(0)
const REFUSED = 'N'.charCodeAt(0)

/**
 * Addresses that no database has and metadata services of clouds do: whoever may name an upstream host must not learn from
 * errors and times what answers there. Checked on the address that a name resolved to, at each connect.
 */
const LINK_LOCAL = new BlockList()
LINK_LOCAL.addSubnet('169.254.0.0', 16, 'ipv4')
LINK_LOCAL.addSubnet('fe80::', 10, 'ipv6')

export interface Line {
  /** The TCP socket. */
  readonly raw: Socket
  /** What is read and written: `raw` itself, or TLS on top of it. */
  readonly stream: Socket | TLSSocket
  readonly encrypted: boolean
  /** Channel-binding data of the server's certificate, where there is one and its hash is defined. */
  readonly endPoint: Buffer | undefined
  /** From now on every read goes here. A `borrowed` chunk is overwritten by the next read of any line. */
  listen(sink: Sink): void
}

export type Sink = (chunk: Buffer, borrowed: boolean) => void

export type LineTarget = Pick<DatabaseTarget, 'host' | 'port' | 'sslMode' | 'sslCa'>

/**
 * @param encrypt whether to ask for TLS; `allow` and `prefer` try both, one line each
 * @throws UpstreamUnavailable, UpstreamTlsRefused
 */
export async function dial(target: LineTarget, encrypt: boolean, signal: AbortSignal): Promise<Line> {
  const { raw, plain } = await tcp(target, signal)
  try {
    if (!encrypt) return plain
    const answer = await askForTls(raw, signal)
    if (answer === REFUSED) {
      if (target.sslMode === 'prefer') return plain
      throw new UpstreamTlsRefused(`the database does not offer TLS, which ssl_mode=${target.sslMode} demands`)
    }
    if (answer !== ACCEPTED) throw new UpstreamTlsRefused('the database answered the request for TLS with something else')
    return await startTls(raw, target, signal)
  } catch (error) {
    raw.destroy()
    throw error
  }
}

/** One buffer for the reads of every plain line: each is consumed, or copied, before the next one begins. */
const READ_BUFFER = Buffer.allocUnsafeSlow(65_536)

function tcp(target: LineTarget, signal: AbortSignal): Promise<{ raw: Socket; plain: Line }> {
  return new Promise((resolve, reject) => {
    let sink: Sink | undefined
    const raw = connectTcp({
      host: target.host,
      port: target.port,
      blockList: LINK_LOCAL,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 30_000,
      allowHalfOpen: true,
      // Reads without the stream machinery: a tenth of the relay's CPU. Before the relay they look like any other reads.
      onread: {
        buffer: READ_BUFFER,
        callback: (bytes) => {
          if (sink) sink(READ_BUFFER.subarray(0, bytes), true)
          else raw.emit('data', Buffer.from(READ_BUFFER.subarray(0, bytes)))
          return true
        },
      },
    })
    const plain: Line = {
      raw,
      stream: raw,
      encrypted: false,
      endPoint: undefined,
      listen: (to) => {
        sink = to
      },
    }
    const stop = () => raw.destroy(new Error('timed out'))
    signal.addEventListener('abort', stop, { once: true })
    raw.once('error', (error) => {
      signal.removeEventListener('abort', stop)
      reject(new UpstreamUnavailable(`the database at ${target.host}:${target.port} cannot be reached`, error))
    })
    raw.once('connect', () => {
      signal.removeEventListener('abort', stop)
      raw.removeAllListeners('error')
      raw.on('error', () => undefined) // seen as `close` by whoever uses the line
      keepLastWords(raw)
      resolve({ raw, plain })
    })
  })
}

function askForTls(raw: Socket, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const done = (outcome: () => void) => {
      raw.off('data', onData)
      raw.off('close', onClose)
      signal.removeEventListener('abort', onClose)
      raw.pause()
      outcome()
    }
    const onClose = () => {
      done(() => {
        reject(new UpstreamUnavailable('the database closed the connection instead of answering the request for TLS'))
      })
    }
    const onData = (chunk: Buffer) => {
      done(() => {
        // More than the one byte came before TLS: somebody in the middle put it there (CVE-2021-23222).
        if (chunk.length === 1) resolve(chunk[0] as number)
        else reject(new UpstreamTlsRefused('received unencrypted data behind the answer to the request for TLS'))
      })
    }
    raw.on('data', onData)
    raw.once('close', onClose)
    signal.addEventListener('abort', onClose, { once: true })
    raw.write(SSL_REQUEST)
  })
}

function startTls(raw: Socket, target: LineTarget, signal: AbortSignal): Promise<Line> {
  const { host, sslMode, sslCa } = target
  // As libpq: with a root certificate at hand, `require` checks the chain too.
  const checkChain = sslMode === 'verify-ca' || sslMode === 'verify-full' || (sslMode === 'require' && sslCa !== undefined)
  return new Promise((resolve, reject) => {
    const stream = connectTls({
      socket: raw,
      ALPNProtocols: ['postgresql'],
      minVersion: 'TLSv1.2',
      rejectUnauthorized: checkChain,
      ...(sslCa === undefined ? {} : { ca: sslCa }),
      ...(isIP(host) ? { host } : { servername: host, host }),
      ...(sslMode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
    })
    const failed = (cause?: unknown) => {
      const code = (cause as { code?: string } | undefined)?.code ?? 'connection closed'
      reject(new UpstreamTlsRefused(`TLS with the database failed: ${code}`, cause))
      stream.destroy()
    }
    const stop = () => {
      failed({ code: 'timed out' })
    }
    signal.addEventListener('abort', stop, { once: true })
    stream.once('error', failed)
    raw.once('close', failed)
    stream.once('secureConnect', () => {
      signal.removeEventListener('abort', stop)
      stream.off('error', failed)
      raw.off('close', failed)
      stream.on('error', () => undefined)
      keepLastWords(stream)
      stream.pause()
      resolve({
        raw,
        stream,
        encrypted: true,
        endPoint: endPointOf(stream),
        listen: (sink) => {
          stream.on('data', (chunk: Buffer) => {
            sink(chunk, false)
          })
        },
      })
    })
  })
}

function endPointOf(stream: TLSSocket): Buffer | undefined {
  const certificate = stream.getPeerX509Certificate()
  return certificate && endPointData(certificate.raw, new X509Certificate(certificate.raw).signatureAlgorithmOid)
}

/** Looks at certificates as a client would: of the API, and of a proxy behind Postgres's SSLRequest. */
import { readFileSync } from 'node:fs'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls'

const TIMEOUT_MS = 5_000
/** https://www.postgresql.org/docs/current/protocol-message-formats.html (SSLRequest): length 8, code 80877103. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

export type CertificateProbe = { readonly validTo: Date } | { readonly error: string }

export function probeHttps(host: string, port: number): Promise<CertificateProbe> {
  return handshake({ host, port, ...nameOf(host) })
}

export async function probeProxy(host: string, port: number, caFile: string | undefined): Promise<CertificateProbe | { readonly unreachable: string }> {
  let socket: Socket
  try {
    socket = await sslAnswered(host, port)
  } catch (error) {
    return { unreachable: (error as Error).message || (error as NodeJS.ErrnoException).code || 'no answer' }
  }
  return handshake({ socket, ...nameOf(host), ...(caFile !== undefined && { ca: readFileSync(caFile) }) })
}

// An address is no name to ask for.
const nameOf = (host: string): ConnectionOptions => (isIP(host) ? {} : { servername: host })

/** A socket whose server has agreed to TLS. */
function sslAnswered(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port })
    const fail = (error: Error): void => {
      socket.destroy()
      reject(error)
    }
    socket.setTimeout(TIMEOUT_MS, () => fail(new Error('no answer within 5 s')))
    socket.once('error', (error: NodeJS.ErrnoException & { errors?: NodeJS.ErrnoException[] }) => fail(new Error(error.message || error.errors?.[0]?.message || 'no connection')))
    socket.once('close', () => fail(new Error('the connection was closed')))
    socket.once('connect', () => socket.write(SSL_REQUEST))
    socket.once('data', (answer: Buffer) => {
      socket.setTimeout(0)
      socket.removeAllListeners()
      if (answer.toString() === 'S') resolve(socket)
      else fail(new Error('what listens there offers no TLS'))
    })
  })
}

function handshake(options: ConnectionOptions): Promise<CertificateProbe> {
  return new Promise((resolve) => {
    const socket: TLSSocket = connectTls(options)
    const end = (probe: CertificateProbe): void => {
      socket.destroy()
      resolve(probe)
    }
    socket.setTimeout(TIMEOUT_MS, () => end({ error: 'no TLS handshake within 5 s' }))
    socket.once('error', (error: Error) => end({ error: `the certificate is not trusted: ${error.message}` }))
    socket.once('secureConnect', () => end({ validTo: new Date(socket.getPeerCertificate().valid_to) }))
  })
}

/** The certificate that clients see, and the channel-binding data that belongs to it. */
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext, type SecureContext } from 'node:tls'
import { endPointData } from '@pgbeam/scram'

export interface ServerCertificate {
  readonly context: SecureContext
  /** Undefined where the certificate's signature has no defined hash: SCRAM-SHA-256-PLUS is not offered then. */
  readonly endPoint: Buffer | undefined
  readonly cert: Buffer
  readonly key: Buffer
}

/** Reads a PEM chain (leaf first) and its key. @throws Error naming the file that could not be used */
export function loadServerCertificate(certFile: string, keyFile: string): ServerCertificate {
  const cert = readFileSync(certFile)
  const key = readFileSync(keyFile)
  const context = createSecureContext({ cert, key, minVersion: 'TLSv1.2' })
  const leaf = new X509Certificate(cert)
  return { context, cert, key, endPoint: endPointData(leaf.raw, leaf.signatureAlgorithmOid) }
}

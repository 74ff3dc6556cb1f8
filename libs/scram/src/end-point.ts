/** tls-server-end-point (RFC 5929 section 4.1): the hash of the server's certificate, by the hash of its signature algorithm. */
import { createHash } from 'node:crypto'

/** OID of a certificate's signature algorithm → hash; MD5 and SHA-1 become SHA-256, as the RFC says. */
const HASH_OF_SIGNATURE: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.4': 'sha256', // md5WithRSAEncryption
  '1.2.840.113549.1.1.5': 'sha256', // sha1WithRSAEncryption
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.113549.1.1.14': 'sha224',
  '1.2.840.10045.4.1': 'sha256', // ecdsa-with-SHA1
  '1.2.840.10045.4.3.1': 'sha224',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
}

/**
 * @param der the certificate as it was served
 * @param signatureOid OID of its signature algorithm
 * @returns undefined where the hash is not defined (Ed25519, RSA-PSS): such a certificate cannot be bound to
 */
export function endPointData(der: Uint8Array, signatureOid: string | undefined): Buffer | undefined {
  const hash = signatureOid === undefined ? undefined : HASH_OF_SIGNATURE[signatureOid]
  return hash === undefined ? undefined : createHash(hash).update(der).digest()
}

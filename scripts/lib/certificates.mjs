/**
 * Certificates for development and tests: an authority made on the spot and leaves signed by it, all P-256 (an RSA key
 * costs several times more for each login). The authority's key is never written to disk.
 */
import 'reflect-metadata'
import { mkdirSync, readFileSync, writeFileSync, existsSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { webcrypto, X509Certificate } from 'node:crypto'
import * as x509 from '@peculiar/x509'

x509.cryptoProvider.set(webcrypto)
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY_MS = 24 * 60 * 60 * 1000
export const LOCAL_NAMES = ['localhost', '127.0.0.1', '::1', '*.proxy.localhost']

const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
const serialNumber = () => Buffer.from(webcrypto.getRandomValues(new Uint8Array(16))).toString('hex').replace(/^./, '1')

async function keyPem(privateKey) {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY')
}

/** An authority that lives in memory: `{ certPem, issue({ names, days?, notBefore? }) → { certPem, keyPem } }`. */
export async function createAuthority(commonName = 'PgBeam development CA', { days = 825 } = {}) {
  const keys = await newKeys()
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=${commonName}`,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + days * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  const issue = async ({ names, days: leafDays = 397, notBefore = new Date(Date.now() - DAY_MS) }) => {
    const leafKeys = await newKeys()
    const leaf = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject: `CN=${names[0]}`,
      issuer: ca.subject,
      notBefore,
      notAfter: new Date(notBefore.getTime() + leafDays * DAY_MS),
      signingAlgorithm: ALGORITHM,
      publicKey: leafKeys.publicKey,
      signingKey: keys.privateKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }))),
        await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
      ],
    })
    return { certPem: leaf.toString('pem'), keyPem: await keyPem(leafKeys.privateKey) }
  }
  return { certPem: ca.toString('pem'), issue }
}

/**
 * The certificate of a development machine, kept in `dir` and renewed a month before its end. A renewal makes a new
 * authority too, since the old one's key is gone: the file name of the authority stays.
 */
export async function localCertificates(dir, names = LOCAL_NAMES) {
  const files = { caFile: join(dir, 'ca.pem'), certFile: join(dir, 'server.pem'), keyFile: join(dir, 'server.key') }
  if (Object.values(files).every((file) => existsSync(file)) && isStillGood(files)) return files
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const authority = await createAuthority()
  const leaf = await authority.issue({ names })
  writeFileSync(files.keyFile, leaf.keyPem, { mode: 0o600 })
  writeFileSync(files.certFile, leaf.certPem)
  writeFileSync(files.caFile, authority.certPem)
  return files
}

function isStillGood({ caFile, certFile }) {
  try {
    const leaf = new X509Certificate(readFileSync(certFile))
    const ca = new X509Certificate(readFileSync(caFile))
    return leaf.verify(ca.publicKey) && Date.parse(leaf.validTo) - Date.now() > 30 * DAY_MS
  } catch {
    return false
  }
}

/** The certificate that clients see, and the channel-binding data that belongs to it. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { endPointData } from '@pgbeam/scram';
/** Reads a PEM chain (leaf first) and its key. @throws Error naming the file that could not be used */
export function loadServerCertificate(certFile, keyFile) {
    const cert = readFileSync(certFile);
    const key = readFileSync(keyFile);
    const context = createSecureContext({ cert, key, minVersion: 'TLSv1.2' });
    const leaf = new X509Certificate(cert);
    return { context, cert, key, endPoint: endPointData(leaf.raw, leaf.signatureAlgorithmOid) };
}
//# sourceMappingURL=server-certificate.js.map
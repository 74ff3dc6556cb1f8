import { type SecureContext } from 'node:tls';
export interface ServerCertificate {
    readonly context: SecureContext;
    /** Undefined where the certificate's signature has no defined hash: SCRAM-SHA-256-PLUS is not offered then. */
    readonly endPoint: Buffer | undefined;
    readonly cert: Buffer;
    readonly key: Buffer;
}
/** Reads a PEM chain (leaf first) and its key. @throws Error naming the file that could not be used */
export declare function loadServerCertificate(certFile: string, keyFile: string): ServerCertificate;

import { type Socket } from 'node:net';
import { type TLSSocket } from 'node:tls';
import type { DatabaseTarget } from '../credentials/credential.js';
export interface Line {
    /** The TCP socket. */
    readonly raw: Socket;
    /** What is read and written: `raw` itself, or TLS on top of it. */
    readonly stream: Socket | TLSSocket;
    readonly encrypted: boolean;
    /** Channel-binding data of the server's certificate, where there is one and its hash is defined. */
    readonly endPoint: Buffer | undefined;
    /** From now on every read goes here. A `borrowed` chunk is overwritten by the next read of any line. */
    listen(sink: Sink): void;
}
export type Sink = (chunk: Buffer, borrowed: boolean) => void;
export type LineTarget = Pick<DatabaseTarget, 'host' | 'port' | 'sslMode' | 'sslCa'>;
/**
 * @param encrypt whether to ask for TLS; `allow` and `prefer` try both, one line each
 * @throws UpstreamUnavailable, UpstreamTlsRefused
 */
export declare function dial(target: LineTarget, encrypt: boolean, signal: AbortSignal): Promise<Line>;

/**
 * From an accepted socket to a startup packet inside TLS (Postgres manual, "Message Flow": SSL and GSSAPI session
 * encryption; direct TLS as of protocol 3.2's release). Nothing but these requests is understood in the clear.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type StartupPacket } from '@pgbeam/pg-wire';
import { PgBeamError } from '@pgbeam/kernel';
import { ByteSource } from './byte-source.js';
import type { ServerCertificate } from './server-certificate.js';
export declare class TlsRequired extends PgBeamError {
    readonly code = "ERR_TLS_REQUIRED";
    readonly fault = "client";
    readonly sqlState = "28000";
    constructor();
}
/** What stands at the end of the preface: a cancel request, or a client in TLS that asked to start. */
export type Preface = {
    readonly type: 'cancel';
    readonly pid: number;
    readonly key: Buffer;
} | {
    readonly type: 'startup';
    readonly stream: TLSSocket;
    readonly source: ByteSource;
    readonly packet: Extract<StartupPacket, {
        type: 'startup';
    }>;
}
/** Protocol 2 or an unknown one: to be told in the only form that such a client reads. */
 | {
    readonly type: 'unsupported';
    readonly stream: Socket;
    readonly major: number;
    readonly minor: number;
};
/** An error that the client can be told over `stream` before the connection is closed. */
export declare class PrefaceRefused extends Error {
    readonly stream: Socket;
    readonly reason: PgBeamError;
    constructor(stream: Socket, reason: PgBeamError);
}
/**
 * Runs the preface on a fresh socket.
 * @throws PrefaceRefused where the client can still be told why; PeerGone and TLS errors where it cannot
 */
export declare function runPreface(socket: Socket, certificate: ServerCertificate): Promise<Preface>;

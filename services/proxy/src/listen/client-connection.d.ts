/** A client that is inside TLS and not yet in the relay: frames in, frames out, and one way to be told no. */
import type { TLSSocket } from 'node:tls';
import { type Frame } from '@pgbeam/pg-wire';
import type { PgBeamError } from '@pgbeam/kernel';
import type { ByteSource } from './byte-source.js';
export declare class ClientConnection {
    readonly stream: TLSSocket;
    private readonly source;
    /** The address that the connection came from. */
    readonly address: string;
    /** Channel-binding data of the certificate that this client was served. */
    readonly endPoint: Buffer | undefined;
    constructor(stream: TLSSocket, source: ByteSource, 
    /** The address that the connection came from. */
    address: string, 
    /** Channel-binding data of the certificate that this client was served. */
    endPoint: Buffer | undefined);
    /** The next message, or the error that its header alone deserves. @throws ProtocolViolation, PeerGone */
    read(bodyBytesMax: number): Promise<Frame>;
    write(...messages: Buffer[]): void;
    /** Tells the client why, and closes. */
    refuse(error: PgBeamError, detail?: string): void;
    /** Hands the stream on, with what was read and not taken. */
    release(): Buffer;
}
/** FATAL and an orderly close; the socket is destroyed if the other side does not follow. */
export declare function refuse(stream: {
    end(data: Buffer): unknown;
    destroy(): unknown;
    on(event: 'error', listener: () => void): unknown;
}, error: PgBeamError, detail?: string): void;

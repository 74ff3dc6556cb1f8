import { errorResponse, frameEnd, HEADER_BYTES } from '@pgbeam/pg-wire';
export class ClientConnection {
    stream;
    source;
    address;
    endPoint;
    constructor(stream, source, 
    /** The address that the connection came from. */
    address, 
    /** Channel-binding data of the certificate that this client was served. */
    endPoint) {
        this.stream = stream;
        this.source = source;
        this.address = address;
        this.endPoint = endPoint;
    }
    /** The next message, or the error that its header alone deserves. @throws ProtocolViolation, PeerGone */
    async read(bodyBytesMax) {
        const unit = await this.source.take((held) => frameEnd(held, 0, bodyBytesMax));
        return { tag: unit[0], body: unit.subarray(HEADER_BYTES) };
    }
    write(...messages) {
        this.stream.write(messages.length === 1 ? messages[0] : Buffer.concat(messages));
    }
    /** Tells the client why, and closes. */
    refuse(error, detail) {
        refuse(this.stream, error, detail);
    }
    /** Hands the stream on, with what was read and not taken. */
    release() {
        return this.source.release();
    }
}
/** How long a client that was told no may take to read it. */
const LINGER_MS = 1000;
/** FATAL and an orderly close; the socket is destroyed if the other side does not follow. */
export function refuse(stream, error, detail) {
    stream.on('error', () => undefined);
    stream.end(errorResponse({ severity: 'FATAL', sqlState: error.sqlState, message: error.message, hint: error.hint, detail }));
    setTimeout(() => stream.destroy(), LINGER_MS).unref();
}
//# sourceMappingURL=client-connection.js.map
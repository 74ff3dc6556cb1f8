import { TLSSocket } from 'node:tls';
import { parseStartup, ProtocolViolation, startupEnd } from '@pgbeam/pg-wire';
import { PgBeamError } from '@pgbeam/kernel';
import { ByteSource, PeerGone } from './byte-source.js';
const TLS_HANDSHAKE = 0x16;
const ALPN = 'postgresql';
export class TlsRequired extends PgBeamError {
    code = 'ERR_TLS_REQUIRED';
    fault = 'client';
    sqlState = '28000';
    constructor() {
        super('this server accepts only TLS connections', 'Connect with sslmode=verify-full (or at least sslmode=require).');
    }
}
/** An error that the client can be told over `stream` before the connection is closed. */
export class PrefaceRefused extends Error {
    stream;
    reason;
    constructor(stream, reason) {
        super(reason.message);
        this.stream = stream;
        this.reason = reason;
    }
}
/**
 * Runs the preface on a fresh socket.
 * @throws PrefaceRefused where the client can still be told why; PeerGone and TLS errors where it cannot
 */
export async function runPreface(socket, certificate) {
    const source = new ByteSource(socket);
    let sslAsked = false;
    let gssAsked = false;
    if ((await source.peek()) === TLS_HANDSHAKE)
        return insideTls(await startTls(socket, source, certificate, true));
    for (;;) {
        const packet = await readStartup(socket, source);
        switch (packet.type) {
            case 'cancel': // libpq before 17 sends these in the clear, whatever the session does
                source.release();
                return { type: 'cancel', pid: packet.pid, key: packet.key };
            case 'ssl-request':
                if (sslAsked)
                    throw new PrefaceRefused(socket, new ProtocolViolation('a second SSLRequest'));
                sslAsked = true;
                return insideTls(await startTls(socket, source, certificate, false));
            case 'gssenc-request':
                if (gssAsked)
                    throw new PrefaceRefused(socket, new ProtocolViolation('a second GSSENCRequest'));
                gssAsked = true;
                socket.write('N');
                continue;
            case 'startup':
                throw new PrefaceRefused(socket, new TlsRequired());
            case 'unsupported':
                source.release();
                return { type: 'unsupported', stream: socket, major: packet.major, minor: packet.minor };
        }
    }
}
async function insideTls(stream) {
    const source = new ByteSource(stream);
    const packet = await readStartup(stream, source);
    switch (packet.type) {
        case 'cancel': // libpq 17 and later encrypt their cancel requests
            source.release();
            return { type: 'cancel', pid: packet.pid, key: packet.key };
        case 'startup':
            return { type: 'startup', stream, source, packet };
        case 'unsupported':
            source.release();
            return { type: 'unsupported', stream, major: packet.major, minor: packet.minor };
        case 'ssl-request':
        case 'gssenc-request':
            throw new PrefaceRefused(stream, new ProtocolViolation('a request for encryption inside TLS'));
    }
}
async function readStartup(stream, source) {
    try {
        return parseStartup(await source.take(startupEnd));
    }
    catch (error) {
        throw error instanceof ProtocolViolation ? new PrefaceRefused(stream, error) : error;
    }
}
function startTls(socket, source, certificate, direct) {
    const early = source.release();
    // Bytes read behind an SSLRequest came in the clear, perhaps from somebody in the middle. Handing them to the startup
    // parser after TLS would trust them (CVE-2021-23214), so they end the connection.
    if (!direct && early.length > 0)
        throw new PrefaceRefused(socket, new ProtocolViolation('received unencrypted data after an SSL request'));
    if (direct)
        socket.unshift(early);
    else
        socket.write('S');
    return new Promise((resolve, reject) => {
        const stream = new TLSSocket(socket, {
            isServer: true,
            secureContext: certificate.context,
            ALPNProtocols: [ALPN],
        });
        // The raw socket's own close does not always reach the TLS layer before its handshake is done.
        const gone = () => {
            reject(new PeerGone());
        };
        socket.once('close', gone);
        stream.once('error', reject);
        stream.once('close', gone);
        stream.once('secure', () => {
            stream.off('error', reject);
            stream.off('close', gone);
            socket.off('close', gone);
            if (direct && stream.alpnProtocol !== ALPN) {
                // Without ALPN another protocol's bytes could be replayed here (ALPACA); libpq refuses such a server, too.
                reject(new PrefaceRefused(stream, new ProtocolViolation('a direct TLS connection must negotiate the "postgresql" ALPN protocol')));
            }
            else
                resolve(stream);
        });
    });
}
//# sourceMappingURL=preface.js.map
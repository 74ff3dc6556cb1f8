import { PgBeamError } from '@pgbeam/kernel';
/** The other side closed (or broke) the connection while something was awaited of it. */
export class PeerGone extends PgBeamError {
    code = 'ERR_PEER_GONE';
    fault = 'client';
    sqlState = '08006';
    constructor(cause) {
        super('the connection was closed by the other side', 'Connect again.', cause);
    }
}
export class ByteSource {
    stream;
    held = Buffer.alloc(0);
    waiter;
    ended;
    constructor(stream) {
        this.stream = stream;
        stream.pause();
        stream.on('data', this.onData);
        stream.on('end', this.onEnd);
        stream.on('error', this.onEnd);
        stream.on('close', this.onEnd);
        stream.pause();
    }
    /**
     * Waits for one whole unit and takes it.
     * @param endOf where the unit at the start of the buffer ends, or undefined while bytes are missing; may throw
     */
    async take(endOf) {
        for (;;) {
            const end = endOf(this.held);
            if (end !== undefined) {
                const unit = this.held.subarray(0, end);
                this.held = this.held.subarray(end);
                return unit;
            }
            await this.more();
        }
    }
    /** Waits until there is a byte, and looks at it. */
    async peek() {
        while (this.held.length === 0)
            await this.more();
        return this.held[0];
    }
    /** Stops reading and hands over what was read and not taken. The stream stays paused. */
    release() {
        this.stream.pause();
        this.stream.off('data', this.onData);
        this.stream.off('end', this.onEnd);
        this.stream.off('error', this.onEnd);
        this.stream.off('close', this.onEnd);
        this.waiter?.reject(new PeerGone());
        this.waiter = undefined;
        return this.held;
    }
    more() {
        if (this.ended)
            return Promise.reject(this.ended);
        return new Promise((resolve, reject) => {
            this.waiter = { resolve, reject };
            this.stream.resume();
        });
    }
    onData = (chunk) => {
        this.stream.pause();
        this.held = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
        const waiter = this.waiter;
        this.waiter = undefined;
        waiter?.resolve();
    };
    onEnd = (cause) => {
        this.ended ??= new PeerGone(cause);
        this.waiter?.reject(this.ended);
        this.waiter = undefined;
    };
}
//# sourceMappingURL=byte-source.js.map
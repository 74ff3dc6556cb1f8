/** Cancel requests to databases (Postgres manual, "Canceling Requests in Progress"): few at a time, over TLS where the session has it. */
import { cancelRequest } from '@pgbeam/pg-wire';
import { dial } from './dial.js';
const AT_ONCE = 32;
const QUEUE_MAX = 10_000;
const TIMEOUT_MS = 5000;
export class Canceller {
    running = 0;
    queue = [];
    /** Settles when the database has closed the cancel connection, which it does after signalling, or when that cannot be had. */
    async cancel(upstream) {
        if (this.running >= AT_ONCE) {
            if (this.queue.length >= QUEUE_MAX)
                return false;
            await new Promise((resolve) => this.queue.push(resolve));
        }
        else
            this.running++;
        try {
            return await this.send(upstream);
        }
        finally {
            const next = this.queue.shift();
            if (next)
                next();
            else
                this.running--;
        }
    }
    async send(upstream) {
        const signal = AbortSignal.timeout(TIMEOUT_MS);
        try {
            const line = await dial(upstream.target, upstream.encrypted, signal);
            return await new Promise((resolve) => {
                const stop = () => line.raw.destroy();
                signal.addEventListener('abort', stop, { once: true });
                line.raw.once('close', () => {
                    signal.removeEventListener('abort', stop);
                    resolve(!signal.aborted);
                });
                line.stream.on('end', stop);
                line.stream.resume();
                line.stream.write(cancelRequest(upstream.pid, upstream.cancelKey));
            });
        }
        catch {
            return false;
        }
    }
}
//# sourceMappingURL=canceller.js.map
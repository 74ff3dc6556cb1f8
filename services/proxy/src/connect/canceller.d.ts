import type { Upstream } from './connector.js';
export type Cancellable = Pick<Upstream, 'target' | 'encrypted' | 'pid' | 'cancelKey'>;
export declare class Canceller {
    private running;
    private readonly queue;
    /** Settles when the database has closed the cancel connection, which it does after signalling, or when that cannot be had. */
    cancel(upstream: Cancellable): Promise<boolean>;
    private send;
}

import type { Upstream } from './connector.js';
export type Row = readonly (string | null)[];
export declare class QueryClient {
    private readonly upstream;
    private rows;
    private failure;
    private waiter;
    private gone;
    constructor(upstream: Upstream);
    /** Runs one statement; every column comes as text or null. One at a time. */
    query(sql: string): Promise<Row[]>;
    close(): void;
    private readonly onMessage;
    private readonly onClose;
}

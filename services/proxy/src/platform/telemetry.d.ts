export interface ProxyGauges {
    readonly sessions: () => number;
    readonly waiting: () => number;
    readonly evicted: () => number;
    readonly credentials: () => number;
    readonly appliedSeq: () => number;
    readonly untrusted: () => number;
    readonly secondsSinceControlPlane: () => number;
}
/** @returns renders the metrics as Prometheus text */
export declare function startMetrics(gauges: ProxyGauges): () => Promise<string>;

/** Plain counters of the relay, read when somebody asks for metrics: an increment is all that the hot path pays. */
export declare const traffic: {
    statements: number;
    refusals: number;
    bytesFromClients: number;
    bytesToClients: number;
    sessionsOpened: number;
    sessionsEnded: number;
};

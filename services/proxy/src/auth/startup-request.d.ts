export interface StartupRequest {
    readonly user: string;
    readonly database: string;
    readonly minor: 0 | 2;
    /** Set where the client has to be told that something was not understood (NegotiateProtocolVersion). */
    readonly negotiate: {
        readonly unknownOptions: readonly string[];
    } | undefined;
    /** Run-time settings for the upstream session, by lower-case name. */
    readonly settings: ReadonlyMap<string, string>;
    readonly cleartextAsked: boolean;
}
/** @throws ProtocolViolation (0A000 for replication and unknown switches, 28000 without a user) */
export declare function readStartupRequest(packet: {
    minor: number;
    parameters: ReadonlyMap<string, string>;
}): StartupRequest;

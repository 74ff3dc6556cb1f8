export interface Use {
    readonly credential_id: string;
    readonly at: string;
}
export declare class UsageLog {
    private readonly used;
    note(credentialId: string, atMs: number): void;
    /** The oldest entries, at most what one message carries. */
    take(): Use[];
    /** What could not be delivered; a newer use stands. */
    putBack(uses: readonly Use[]): void;
}

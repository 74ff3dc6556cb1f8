/** Logins by outcome, for the metrics. */
declare class LoginCounts {
    succeededTotal: number;
    readonly failedByCode: Map<string, number>;
    succeeded(): void;
    failed(code: string): void;
}
export declare const logins: LoginCounts;
export {};

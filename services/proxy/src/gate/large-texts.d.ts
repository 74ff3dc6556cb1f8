import type { Catalog, CompiledPolicy, Decision } from '@pgbeam/policy';
export interface JudgeRequest {
    readonly text: string;
    readonly protocol: 'simple' | 'extended';
    readonly parameterTypes: readonly number[];
}
export interface Job extends JudgeRequest {
    readonly policy: CompiledPolicy;
    /** Sent once for each version; later jobs name it. */
    readonly catalogVersion: string | undefined;
    readonly catalog: Catalog | undefined;
}
export declare class LargeTextJudge {
    private worker;
    private ready;
    private sentCatalog;
    private readonly queue;
    private current;
    private timer;
    judge(policy: CompiledPolicy, catalog: Catalog | undefined, request: JudgeRequest, onDecision: (decision: Decision) => void): void;
    private next;
    private start;
    private readonly onTooSlow;
    private finish;
}

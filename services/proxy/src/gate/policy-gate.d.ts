/** The gate of one session: the policy engine's verdicts, remembered by the bytes of the statement. */
import { type CompiledPolicy, type Decision } from '@pgbeam/policy';
import type { Denial, RelayGate, Verdict } from '../relay/gate.js';
import type { CatalogView } from './catalogs.js';
import type { LargeTextJudge } from './large-texts.js';
import { VerdictTables } from './verdict-tables.js';
export interface PolicySnapshot {
    readonly id: string;
    readonly version: number;
    readonly access_mode: 'read_only' | 'read_write';
}
export declare function compile(policy: PolicySnapshot, queryTimeoutMs: number): CompiledPolicy;
/** Whether sessions under this policy need the database's catalog. */
export declare const readsStatements: (policy: CompiledPolicy) => boolean;
export declare const denialOf: (decision: Decision) => Denial | undefined;
export declare class PolicyGate implements RelayGate {
    private readonly policy;
    /** Undefined where the policy does not read statements. */
    private readonly catalog;
    private readonly tables;
    private readonly large;
    readonly reads: boolean;
    readonly textBytesMax: number;
    readonly watched: ReadonlyMap<string, string>;
    private slots;
    private slotsCatalog;
    constructor(policy: CompiledPolicy, 
    /** Undefined where the policy does not read statements. */
    catalog: CatalogView | undefined, tables: VerdictTables, large: LargeTextJudge);
    judge(buffer: Buffer, start: number, end: number, messageEnd: number, simple: boolean, onDecided: (verdict: Denial | undefined) => void): Verdict;
    tooLong(): Denial;
    functionCall(): Denial;
}
/** Settings from a StartupMessage, judged as SET would be. The first that is refused is the answer. */
export declare function refusedSetting(policy: CompiledPolicy, settings: ReadonlyMap<string, string>): Denial | undefined;

import type { EnforcementEvent } from '@pgbeam/contracts';
/** What an event may be about, of a snapshot or a session. */
export interface Subject {
    readonly id: string;
    readonly projectId: string;
    readonly policyId: string;
    readonly databases: readonly {
        readonly id: string;
    }[];
}
/** Whether an event is about this credential: the narrowest id that the event names decides. */
export declare function concerns(event: EnforcementEvent, subject: Subject): boolean;

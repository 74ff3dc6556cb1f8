/** What an event does to open sessions, by its kind: the table that the compiler keeps complete. */
import type { EnforcementEvent } from '@pgbeam/contracts';
import type { EndReason } from '../relay/session.js';
export type Effect = 
/** End the sessions it is about. */
{
    readonly do: 'drop';
    readonly reason: EndReason;
}
/** Sessions go on; the next login reads anew. */
 | {
    readonly do: 'nothing';
}
/** Hold open sessions to another expiry. */
 | {
    readonly do: 'expire';
}
/** End the sessions that come from elsewhere than the project now allows. */
 | {
    readonly do: 'readmit';
    readonly reason: EndReason;
};
export declare const effectOf: (event: EnforcementEvent) => Effect;

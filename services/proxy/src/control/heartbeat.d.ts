import type { Log } from '../platform/log.js';
import type { SessionRegistry } from '../relay/session-registry.js';
import type { ControlClock } from './control-clock.js';
import { type ControlPlane } from './control-plane.js';
import type { Enforcer } from './enforcer.js';
import type { UsageLog } from './usage-log.js';
export declare class Heartbeat {
    private readonly controlPlane;
    private readonly incarnation;
    private readonly enforcer;
    private readonly sessions;
    private readonly usage;
    private readonly clock;
    private readonly onForgotten;
    private readonly log;
    private n;
    private timer;
    private stopped;
    private failing;
    lastAnswerMs: number;
    constructor(controlPlane: ControlPlane, incarnation: string, enforcer: Enforcer, sessions: SessionRegistry, usage: UsageLog, clock: ControlClock, onForgotten: () => Promise<void>, log: Log);
    /** Sends the first one at once, and resolves when it is answered or failed. */
    start(): Promise<void>;
    stop(): void;
    private schedule;
    private beat;
}

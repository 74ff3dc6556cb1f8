/**
 * Cancel requests that reached the wrong proxy. The key tells nothing about where its session is, so the request goes to
 * all, encrypted with the fleet's key; one that is old or was seen before counts for nothing.
 */
import type { NatsConnection } from '@nats-io/transport-node';
import type { Secret } from '@pgbeam/kernel';
import type { SessionRegistry } from '../relay/session-registry.js';
import type { ControlClock } from './control-clock.js';
export declare class CancelBus {
    private readonly nats;
    private readonly fleetKey;
    private readonly sessions;
    private readonly clock;
    private readonly seen;
    private second;
    private sentInSecond;
    constructor(nats: NatsConnection, fleetKey: Secret<Buffer>, sessions: SessionRegistry, clock: ControlClock);
    /** Cancels here, or asks the other proxies. */
    cancel(pid: number, key: Buffer): Promise<void>;
    private receive;
}

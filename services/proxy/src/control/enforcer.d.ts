import { type Position } from '@pgbeam/enforcement';
import type { CredentialStore } from '../credentials/credential-store.js';
import type { Log } from '../platform/log.js';
import type { SessionRegistry } from '../relay/session-registry.js';
import type { ControlPlane } from './control-plane.js';
export declare class Enforcer {
    private readonly controlPlane;
    private readonly incarnation;
    private readonly store;
    private readonly sessions;
    private readonly log;
    private readonly follower;
    private catchingUp;
    private subscription;
    applied: number;
    untrusted: number;
    constructor(controlPlane: ControlPlane, incarnation: string, store: CredentialStore, sessions: SessionRegistry, log: Log, start: Position);
    get position(): Position;
    listen(): void;
    stop(): void;
    /** The log's head as a renewal showed it. */
    head(epoch: string, headSeq: number): void;
    /** Another life of the log: what is cached and open here was decided under one that no longer counts. */
    startOver(position: Position): void;
    private offer;
    private apply;
    private acknowledge;
    private catchUp;
}

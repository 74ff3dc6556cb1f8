/** Joining the fleet: this process's keys against a join token, and what all proxies share in return. */
import { type JoinToken } from '@pgbeam/contracts';
import { Secret } from '@pgbeam/kernel';
import type { ControlPlane } from './control-plane.js';
import type { Identity } from './identity.js';
export interface Membership {
    readonly proxyId: string;
    readonly epoch: string;
    readonly headSeq: number;
    readonly dbTime: string;
    readonly saltSecret: Secret<Buffer>;
    readonly fleetKey: Secret<Buffer>;
}
/** @throws ControlPlaneRefused where the token is not accepted */
export declare function enrol(controlPlane: ControlPlane, identity: Identity, token: JoinToken, about: {
    readonly version: string;
    readonly address: string;
}, timeoutMs: number): Promise<Membership>;

/** Tries a database on behalf of the control plane, which cannot reach one itself. */
import { type Signer } from '@pgbeam/contracts';
import type { Connector } from '../connect/connector.js';
import type { Log } from '../platform/log.js';
import type { ControlClock } from './control-clock.js';
import type { ControlPlane } from './control-plane.js';
import type { Identity } from './identity.js';
export declare function answerProbes(controlPlane: ControlPlane, identity: Identity, signer: Signer, connector: Connector, clock: ControlClock, log: Log): void;

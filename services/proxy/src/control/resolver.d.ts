import { type Resolver } from '../credentials/credential-store.js';
import type { ControlPlane } from './control-plane.js';
import type { Identity } from './identity.js';
export declare function createResolver(controlPlane: ControlPlane, identity: Identity): Resolver;

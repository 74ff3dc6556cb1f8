import { type Credential, type DatabaseTarget } from '../credentials/credential.js';
import { PgBeamError } from '@pgbeam/kernel';
export declare class NoSuchDatabase extends PgBeamError {
    readonly code = "ERR_NO_SUCH_DATABASE";
    readonly fault = "client";
    readonly sqlState = "3D000";
    constructor(name: string, credential: Credential);
}
export interface AdmissionRequest {
    readonly credential: Credential;
    readonly databaseName: string;
    readonly address: string;
    /** On the control database's clock. */
    readonly nowMs: number;
}
/** @throws LoginNotAllowed, NoSuchDatabase */
export declare function admit({ credential, databaseName, address, nowMs }: AdmissionRequest): DatabaseTarget;
/** Whether an address lies in one of the blocks; with no block at all every address does. IPv4 in IPv6 counts as IPv4. */
export declare function addressAllowed(address: string, cidrs: readonly string[]): boolean;

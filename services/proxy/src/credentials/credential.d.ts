/** A credential as this proxy knows it: one snapshot of the control plane's, opened. It is replaced, never changed in place, but for `expiresAtMs` and `stale`. */
import type { CredentialSnapshot } from '@pgbeam/contracts';
import type { Secret } from '@pgbeam/kernel';
import { type Verifier } from '@pgbeam/scram';
export interface DatabaseTarget {
    readonly id: string;
    readonly host: string;
    readonly port: number;
    readonly name: string;
    readonly username: string;
    readonly password: Secret;
    readonly sslMode: 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';
    readonly sslCa: string | undefined;
    readonly role: 'primary' | 'replica';
    readonly queryTimeoutMs: number;
}
export interface Credential {
    readonly id: string;
    readonly projectId: string;
    readonly policyId: string;
    readonly name: string;
    readonly principalType: 'agent' | 'human';
    readonly authMethod: 'scram-sha-256' | 'cleartext';
    readonly status: 'active' | 'killed';
    readonly verifier: Verifier;
    readonly databaseId: string | undefined;
    readonly databases: readonly DatabaseTarget[];
    readonly allowedCidrs: readonly string[];
    readonly projectSlug: string;
    readonly policy: CredentialSnapshot['policy'];
    readonly asOfSeq: number;
    /** Milliseconds since 1970 on the control database's clock; Infinity for never. */
    expiresAtMs: number;
    /** An event has overtaken this snapshot: no login may be completed on it. */
    stale: boolean;
}
/** @param passwords by database id, already decrypted */
export declare function credentialOf(snapshot: CredentialSnapshot, asOfSeq: number, passwords: ReadonlyMap<string, Secret>): Credential;
/** The database of this name that the credential may reach: its own one where it is narrowed, else the primary before a replica. */
export declare function databaseNamed(credential: Credential, name: string): DatabaseTarget | undefined;

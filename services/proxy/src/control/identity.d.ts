import { type Signer } from '@pgbeam/contracts';
import { Secret, type IncarnationId } from '@pgbeam/kernel';
export interface Identity {
    readonly incarnation: IncarnationId;
    readonly signer: Signer;
    readonly publicJwks: {
        readonly signing: OkpJwk;
        readonly encryption: OkpJwk;
    };
    /** Opens a JWE that was made for this process. */
    readonly decrypt: (jwe: string) => Promise<Secret<Buffer>>;
}
interface OkpJwk {
    readonly kty: 'OKP';
    readonly crv: 'Ed25519' | 'X25519';
    readonly x: string;
}
export declare function createIdentity(): Promise<Identity>;
export {};

import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import type { z } from 'zod';
import { type MessageType, type Signer } from '@pgbeam/contracts';
import { PgBeamError } from '@pgbeam/kernel';
/** The control plane understood the request and refused it. */
export declare class ControlPlaneRefused extends PgBeamError {
    readonly reason: string;
    readonly fault = "control-plane";
    readonly sqlState = "57P03";
    readonly code = "ERR_CONTROL_PLANE_REFUSED";
    constructor(reason: string, detail: string);
}
export declare const newNonce: () => string;
export declare class ControlPlane {
    private readonly nats;
    private readonly signer;
    private readonly kid;
    private readonly key;
    private readonly encryptionKey;
    /** The key that every reply and event must be signed with; its thumbprint stands in the join token. */
    private constructor();
    /** Finds the control plane and checks that it has the key that the join token pins. @throws UntrustedMessage */
    static find(nats: NatsConnection, signer: Signer, thumbprint: string, timeoutMs: number): Promise<ControlPlane>;
    /** Encrypts for the control plane alone. */
    encrypt(plaintext: string): Promise<string>;
    /**
     * Sends a signed request. `body` gets a nonce; the answer must repeat it.
     * @throws ControlPlaneRefused, UntrustedMessage, and NATS's own errors for no answer
     */
    request<Schema extends z.ZodType<{
        nonce: string;
    }>>(subject: string, types: {
        readonly request: MessageType;
        readonly reply: MessageType;
    }, body: Record<string, unknown>, schema: Schema, timeoutMs: number): Promise<z.infer<Schema>>;
    /** Sends a signed message that nobody answers. */
    publish(subject: string, type: MessageType, body: unknown): Promise<void>;
    /** Hands each message that the control plane signed to `handle`, synchronously and in order of arrival; others go to `onUntrusted`. */
    subscribe<Schema extends z.ZodType>(subject: string, type: MessageType, schema: Schema, handle: (body: z.infer<Schema>, message: Msg) => void, onUntrusted: (error: unknown) => void): Subscription;
    private readonly keyOf;
    private read;
}

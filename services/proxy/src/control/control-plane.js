/** The control plane over NATS: signed requests with fresh nonces, and answers that count only when signed by the pinned key over that nonce. */
import { createPublicKey, randomBytes } from 'node:crypto';
import { headers } from '@nats-io/transport-node';
import { context, propagation } from '@opentelemetry/api';
import { CompactEncrypt } from 'jose';
import { errorReply, helloReply, open, seal, subjects, thumbprintOf, UntrustedMessage } from '@pgbeam/contracts';
import { PgBeamError } from '@pgbeam/kernel';
/** The control plane understood the request and refused it. */
export class ControlPlaneRefused extends PgBeamError {
    reason;
    fault = 'control-plane';
    sqlState = '57P03';
    code = 'ERR_CONTROL_PLANE_REFUSED';
    constructor(reason, detail) {
        super(`the control plane refused: ${detail}`, 'Look at the control plane log; a join token may have expired or been revoked.');
        this.reason = reason;
    }
}
export const newNonce = () => randomBytes(16).toString('base64url');
export class ControlPlane {
    nats;
    signer;
    kid;
    key;
    encryptionKey;
    /** The key that every reply and event must be signed with; its thumbprint stands in the join token. */
    constructor(nats, signer, kid, key, encryptionKey) {
        this.nats = nats;
        this.signer = signer;
        this.kid = kid;
        this.key = key;
        this.encryptionKey = encryptionKey;
    }
    /** Finds the control plane and checks that it has the key that the join token pins. @throws UntrustedMessage */
    static async find(nats, signer, thumbprint, timeoutMs) {
        const nonce = newNonce();
        const message = await nats.request(subjects.hello, JSON.stringify({ nonce }), { timeout: timeoutMs, headers: traceHeaders() });
        const text = message.string();
        const claimed = publicKeyIn(text);
        if ((await thumbprintOf(claimed)) !== thumbprint)
            throw new UntrustedMessage('the control plane is not the one that the join token names');
        const { body } = open('hello-reply', text, helloReply, (kid) => (kid === thumbprint ? claimed : undefined));
        if (body.nonce !== nonce)
            throw new UntrustedMessage('an answer to another request');
        return new ControlPlane(nats, signer, thumbprint, claimed, createPublicKey({ key: body.encryption_key, format: 'jwk' }));
    }
    /** Encrypts for the control plane alone. */
    encrypt(plaintext) {
        return new CompactEncrypt(Buffer.from(plaintext)).setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' }).encrypt(this.encryptionKey);
    }
    /**
     * Sends a signed request. `body` gets a nonce; the answer must repeat it.
     * @throws ControlPlaneRefused, UntrustedMessage, and NATS's own errors for no answer
     */
    async request(subject, types, body, schema, timeoutMs) {
        const nonce = newNonce();
        const signed = await seal(types.request, { ...body, nonce }, this.signer);
        const message = await this.nats.request(subject, signed, { timeout: timeoutMs, headers: traceHeaders() });
        return this.read(message.string(), types.reply, nonce, schema);
    }
    /** Sends a signed message that nobody answers. */
    async publish(subject, type, body) {
        this.nats.publish(subject, await seal(type, body, this.signer), { headers: traceHeaders() });
    }
    /** Hands each message that the control plane signed to `handle`, synchronously and in order of arrival; others go to `onUntrusted`. */
    subscribe(subject, type, schema, handle, onUntrusted) {
        return this.nats.subscribe(subject, {
            callback: (error, message) => {
                if (error)
                    return;
                try {
                    handle(open(type, message.string(), schema, this.keyOf).body, message);
                }
                catch (problem) {
                    onUntrusted(problem);
                }
            },
        });
    }
    keyOf = (kid) => (kid === this.kid ? this.key : undefined);
    read(text, type, nonce, schema) {
        let refusal;
        try {
            refusal = open('error-reply', text, errorReply, this.keyOf).body;
        }
        catch {
            refusal = undefined;
        }
        if (refusal && (refusal.nonce === nonce || refusal.nonce === null))
            throw new ControlPlaneRefused(refusal.code, refusal.detail);
        const { body } = open(type, text, schema, this.keyOf);
        if (body.nonce !== nonce)
            throw new UntrustedMessage('an answer to another request');
        return body;
    }
}
function publicKeyIn(helloReplyJws) {
    try {
        const payload = JSON.parse(Buffer.from(helloReplyJws.split('.')[1] ?? '', 'base64url').toString());
        return createPublicKey({ key: payload.signing_key, format: 'jwk' });
    }
    catch {
        throw new UntrustedMessage('the control plane did not introduce itself');
    }
}
function traceHeaders() {
    const carrier = headers();
    propagation.inject(context.active(), carrier, { set: (target, key, value) => { target.set(key, value); } });
    return carrier;
}
//# sourceMappingURL=control-plane.js.map
import { compactDecrypt, CompactEncrypt } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { subjects } from '@pgbeam/contracts';
import { newNonce } from './control-plane.js';
const AGE_MAX_MS = 10_000;
/** Anybody can send cancel requests without a login: more than this many a second are dropped, not broadcast. */
const PER_SECOND_MAX = 200;
const cancelMessage = z.strictObject({ pid: z.number(), key: z.string(), at: z.number(), nonce: z.string() });
export class CancelBus {
    nats;
    fleetKey;
    sessions;
    clock;
    seen = new LRUCache({ max: 10_000, ttl: 2 * AGE_MAX_MS });
    second = 0;
    sentInSecond = 0;
    constructor(nats, fleetKey, sessions, clock) {
        this.nats = nats;
        this.fleetKey = fleetKey;
        this.sessions = sessions;
        this.clock = clock;
        nats.subscribe(subjects.cancel, {
            callback: (error, message) => {
                if (!error)
                    void this.receive(message.string());
            },
        });
    }
    /** Cancels here, or asks the other proxies. */
    async cancel(pid, key) {
        if (this.sessions.cancel(pid, key))
            return;
        const second = Math.floor(performance.now() / 1000);
        if (second !== this.second) {
            this.second = second;
            this.sentInSecond = 0;
        }
        if (++this.sentInSecond > PER_SECOND_MAX || this.nats.isClosed())
            return;
        const body = { pid, key: key.toString('base64url'), at: this.clock.nowMs(), nonce: newNonce() };
        this.seen.set(body.nonce, true);
        const sealed = await new CompactEncrypt(Buffer.from(JSON.stringify(body)))
            .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
            .encrypt(this.fleetKey.reveal());
        this.nats.publish(subjects.cancel, sealed);
    }
    async receive(sealed) {
        try {
            const { plaintext } = await compactDecrypt(sealed, this.fleetKey.reveal(), {
                keyManagementAlgorithms: ['dir'],
                contentEncryptionAlgorithms: ['A256GCM'],
            });
            const { pid, key, at, nonce } = cancelMessage.parse(JSON.parse(Buffer.from(plaintext).toString()));
            if (Math.abs(this.clock.nowMs() - at) > AGE_MAX_MS || this.seen.has(nonce))
                return;
            this.seen.set(nonce, true);
            this.sessions.cancel(pid, Buffer.from(key, 'base64url'));
        }
        catch {
            // Not from this fleet: it counts for nothing.
        }
    }
}
//# sourceMappingURL=cancel-bus.js.map
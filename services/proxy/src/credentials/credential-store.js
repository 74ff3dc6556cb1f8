import { RecentEvents } from '@pgbeam/enforcement';
import { PgBeamError } from '@pgbeam/kernel';
import { LRUCache } from 'lru-cache';
import { concerns } from './concerns.js';
export class ControlPlaneUnreachable extends PgBeamError {
    code = 'ERR_CONTROL_PLANE_UNREACHABLE';
    fault = 'control-plane';
    sqlState = '57P03';
    constructor(cause) {
        super('this proxy cannot reach its control plane and does not know this credential yet', 'Try again in a few seconds.', cause);
    }
}
/** How often an overtaken reply is asked for again; each time something really changed in between. */
const ATTEMPTS = 8;
/** Names that nobody has: kept so that they cost, and take, no more than known ones. */
const UNKNOWN_MAX = 20_000;
const UNKNOWN_TTL_MS = 30_000;
export class CredentialStore {
    resolve;
    epoch;
    known;
    unknown = new LRUCache({ max: UNKNOWN_MAX, ttl: UNKNOWN_TTL_MS });
    pending = new Map();
    recent;
    constructor(resolve, epoch, startSeq, max = 200_000) {
        this.resolve = resolve;
        this.epoch = epoch;
        this.known = new LRUCache({
            max,
            // A login that still holds what was evicted would not hear of events: it has to start again.
            dispose: (credential, _id, reason) => {
                if (reason === 'evict')
                    credential.stale = true;
            },
        });
        this.recent = new RecentEvents(startSeq);
    }
    get size() {
        return this.known.size;
    }
    /** The credential, or undefined for one that is unknown or revoked. @throws ControlPlaneUnreachable */
    get(credentialId) {
        const known = this.known.get(credentialId);
        if (known)
            return known;
        if (this.unknown.has(credentialId))
            return undefined;
        const pending = this.pending.get(credentialId);
        if (pending)
            return pending;
        const started = this.ask({ credentialId }, (event) => event.credential_id === credentialId, (credential) => {
            if (credential)
                this.known.set(credentialId, credential);
            else
                this.unknown.set(credentialId, true);
        }).finally(() => this.pending.delete(credentialId));
        this.pending.set(credentialId, started);
        return started;
    }
    /** The credential behind an MCP token; asked for each time, cached under its id. */
    byMcpToken(mcpTokenSha256) {
        return this.ask({ mcpTokenSha256 }, () => true, () => undefined);
    }
    /** Takes an event into account: what it is about is forgotten here, and what is in flight will be asked for again. */
    apply(event) {
        this.recent.add(event);
        if (event.credential_id !== undefined) {
            this.forget(event.credential_id);
            this.unknown.delete(event.credential_id);
            return;
        }
        for (const credential of this.known.values())
            if (concerns(event, credential))
                this.forget(credential.id);
    }
    /** Another epoch, or a log that no longer reaches back: nothing that is cached counts any more. */
    restart(epoch, seq) {
        for (const credential of this.known.values())
            credential.stale = true;
        this.known.clear();
        this.unknown.clear();
        this.epoch = epoch;
        this.recent.restart(seq);
    }
    forget(credentialId) {
        const credential = this.known.peek(credentialId);
        if (!credential)
            return;
        credential.stale = true;
        this.known.delete(credentialId);
    }
    /** @param keep called in the very turn in which the answer was found fresh: an event after it will find what was kept */
    async ask(by, aboutUnknown, keep) {
        for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
            const { reply, credential } = await this.resolve(by);
            const overtaken = reply.epoch !== this.epoch ||
                this.recent.outdates(reply.as_of_seq, credential ? (event) => concerns(event, credential) : aboutUnknown);
            if (!overtaken) {
                keep(credential);
                return credential;
            }
            await new Promise((resolve) => setTimeout(resolve, 5 * 2 ** attempt)); // the control plane's replica may lag behind the event
        }
        throw new ControlPlaneUnreachable();
    }
}
//# sourceMappingURL=credential-store.js.map
/** Who logged in since the control plane last heard of it: one entry a credential, bounded. */
const MAX = 1000;
export class UsageLog {
    used = new Map();
    note(credentialId, atMs) {
        if (this.used.size < MAX * 10 || this.used.has(credentialId))
            this.used.set(credentialId, new Date(atMs).toISOString());
    }
    /** The oldest entries, at most what one message carries. */
    take() {
        const taken = [];
        for (const [credential_id, at] of this.used) {
            if (taken.length >= MAX)
                break;
            taken.push({ credential_id, at });
        }
        for (const { credential_id } of taken)
            this.used.delete(credential_id);
        return taken;
    }
    /** What could not be delivered; a newer use stands. */
    putBack(uses) {
        for (const { credential_id, at } of uses)
            if (!this.used.has(credential_id))
                this.used.set(credential_id, at);
    }
}
//# sourceMappingURL=usage-log.js.map
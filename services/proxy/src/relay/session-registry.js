/** Every open session of this proxy, found by what an event or a cancel request names. */
import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { coarseClock } from './clock.js';
/** Closing a client costs a TLS record and a system call: this many in a turn, so that other sessions go on meanwhile. */
const CLOSES_PER_TURN = 50;
export class SessionRegistry {
    entries = new Set();
    byPid = new Map();
    closing = [];
    draining = false;
    settledWaiters = [];
    constructor() {
        coarseClock.onTick((nowMs) => {
            for (const { session } of this.entries)
                session.tick(nowMs);
        });
    }
    get size() {
        return this.entries.size;
    }
    /** A cancel key that no open session has. Protocol 3.0 has room for 4 bytes; 3.2 gets 32. */
    newCancelKey(minor) {
        let pid;
        do
            pid = randomInt(1, 2 ** 31 - 1);
        while (this.byPid.has(pid));
        return { pid, key: randomBytes(minor === 2 ? 32 : 4) };
    }
    add(session, owner, cancelKey) {
        const entry = { session, owner, cancelKey };
        this.entries.add(entry);
        this.byPid.set(cancelKey.pid, entry);
        return () => {
            this.entries.delete(entry);
            this.byPid.delete(cancelKey.pid);
        };
    }
    /** @returns whether the key was one of ours */
    cancel(pid, key) {
        const entry = this.byPid.get(pid);
        if (!entry || entry.cancelKey.key.length !== key.length || !timingSafeEqual(entry.cancelKey.key, key))
            return false;
        entry.session.cancel();
        return true;
    }
    /**
     * Ends every session that matches: when this returns none of them forwards anything any more. Their clients are told,
     * and their statements cancelled, over the following turns; `onSettled` is called when that is done.
     */
    drop(matches, reason, onSettled) {
        let sessions = 0;
        let statements = 0;
        for (const { session, owner } of this.entries) {
            if (session.over || !matches(owner))
                continue;
            sessions++;
            if (session.end(reason, { defer: (close) => this.closing.push(close) }))
                statements++;
        }
        const result = { sessions, statements };
        if (onSettled)
            this.settledWaiters.push(() => { onSettled(result); });
        this.closeSome();
        return result;
    }
    /** Changes what open sessions of matching owners are held to. */
    amend(matches, change) {
        for (const { owner } of this.entries)
            if (matches(owner))
                change(owner);
    }
    each(visit) {
        for (const { session, owner } of this.entries)
            visit(session, owner);
    }
    /** Open sessions by project. */
    countByProject() {
        const counts = {};
        for (const { owner, session } of this.entries)
            if (!session.over)
                counts[owner.projectId] = (counts[owner.projectId] ?? 0) + 1;
        return counts;
    }
    closeSome() {
        if (this.draining)
            return;
        this.draining = true;
        const turn = () => {
            for (const close of this.closing.splice(0, CLOSES_PER_TURN))
                close();
            if (this.closing.length > 0) {
                setImmediate(turn);
                return;
            }
            this.draining = false;
            for (const settled of this.settledWaiters.splice(0))
                settled();
        };
        setImmediate(turn);
    }
}
//# sourceMappingURL=session-registry.js.map
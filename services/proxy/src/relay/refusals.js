/**
 * A refusal inside a session. The refused message is replaced by one that the server itself must fail on; its error comes
 * back in its right place among the answers, with the transaction marked as failed and the rest of the pipeline skipped
 * up to Sync, all by the server's own rules, and is then exchanged for ours. So no state of the session has to be guessed.
 *
 * The replacement is a syntax error on a word that only this session knows; the server quotes it in its message, in
 * whatever language it speaks.
 */
import { randomBytes } from 'node:crypto';
import { errorResponse, parseMessage, queryMessage } from '@pgbeam/pg-wire';
/** More refusals than this in flight, unanswered: the client only sends and never reads. */
const PENDING_MAX = 10_000;
export class Refusals {
    word = `pgbeam_refused_${randomBytes(12).toString('hex')}_`;
    wordBytes = Buffer.from(this.word);
    pending = new Map();
    count = 0;
    total = 0;
    get inFlight() {
        return this.pending.size;
    }
    get full() {
        return this.pending.size >= PENDING_MAX;
    }
    /** What to send upstream in place of the refused message. Parse goes under a name of its own: a failed one drops nothing. */
    replace(denial, simple) {
        const n = this.count++;
        this.total++;
        this.pending.set(n, denial);
        const word = `${this.word}${n}`;
        return simple ? queryMessage(word) : parseMessage(word, word);
    }
    /** Ours for the server's error, or undefined where the error is about something else. */
    exchange(errorFrame) {
        const at = errorFrame.indexOf(this.wordBytes);
        if (at < 0)
            return undefined;
        const digits = /^\d+/.exec(errorFrame.toString('latin1', at + this.word.length, at + this.word.length + 16));
        const n = Number(digits?.[0]);
        const denial = this.pending.get(n);
        if (!denial)
            return undefined;
        // Earlier ones that were skipped, behind an error of the client's own, will never be answered.
        for (const older of this.pending.keys())
            if (older <= n)
                this.pending.delete(older);
        return errorResponse({ severity: 'ERROR', ...denial });
    }
    /** Every request has been answered: what is still pending was skipped. */
    settle() {
        this.pending.clear();
    }
}
//# sourceMappingURL=refusals.js.map
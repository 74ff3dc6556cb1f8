import { enforcementBatch, sinceReply, subjects } from '@pgbeam/contracts';
import { LogFollower } from '@pgbeam/enforcement';
import { addressAllowed } from '../auth/admission.js';
import { concerns } from '../credentials/concerns.js';
import { effectOf } from './effects.js';
const SINCE_TIMEOUT_MS = 5000;
export class Enforcer {
    controlPlane;
    incarnation;
    store;
    sessions;
    log;
    follower;
    catchingUp = false;
    subscription;
    applied = 0;
    untrusted = 0;
    constructor(controlPlane, incarnation, store, sessions, log, start) {
        this.controlPlane = controlPlane;
        this.incarnation = incarnation;
        this.store = store;
        this.sessions = sessions;
        this.log = log;
        this.follower = new LogFollower(start);
    }
    get position() {
        return this.follower.position;
    }
    listen() {
        this.subscription = this.controlPlane.subscribe(subjects.enforcement, 'enforcement-batch', enforcementBatch, (batch) => {
            this.offer(batch.epoch, batch.prev_seq, batch.events);
        }, (error) => {
            this.untrusted++;
            this.log.warn({ err: error }, 'an enforcement message that the control plane did not sign was ignored');
        });
    }
    stop() {
        this.subscription?.unsubscribe();
    }
    /** The log's head as a renewal showed it. */
    head(epoch, headSeq) {
        const verdict = this.follower.head(epoch, headSeq);
        if (verdict === 'catch-up')
            void this.catchUp();
        else if (verdict === 'start-over')
            this.startOver({ epoch, seq: headSeq });
    }
    /** Another life of the log: what is cached and open here was decided under one that no longer counts. */
    startOver(position) {
        this.log.warn({ from: this.follower.position, to: position }, 'the enforcement log starts over: cache emptied, sessions ended');
        this.store.restart(position.epoch, position.seq);
        this.sessions.drop(() => true, {
            sqlState: '57P01',
            message: 'the state of all credentials is being read anew',
            hint: 'Connect again.',
        });
        this.follower.restart(position);
        this.acknowledge();
    }
    offer(epoch, prevSeq, events) {
        const verdict = this.follower.offer(epoch, prevSeq, events);
        switch (verdict.do) {
            case 'apply':
                for (const event of verdict.events)
                    this.apply(event);
                this.acknowledge();
                return;
            case 'catch-up':
                void this.catchUp();
                return;
            case 'start-over':
                // Only a renewal says where the other life stands: until then nothing new is believed.
                return;
            case 'nothing':
                return;
        }
    }
    apply(event) {
        const startedMs = performance.now();
        this.applied++;
        this.store.apply(event);
        const effect = effectOf(event);
        const settled = (result) => {
            void this.controlPlane.publish(subjects.settled, 'settled', {
                incarnation: this.incarnation,
                epoch: this.follower.position.epoch,
                seq: event.seq,
                sessions_dropped: result.sessions,
                statements_cancelled: result.statements,
                ms: performance.now() - startedMs,
            });
        };
        switch (effect.do) {
            case 'drop':
                this.sessions.drop((owner) => concerns(event, owner), effect.reason, settled);
                break;
            case 'readmit': {
                const cidrs = event.allowed_cidrs;
                this.sessions.drop((owner) => concerns(event, owner) && cidrs !== undefined && !addressAllowed(owner.address, cidrs), effect.reason, settled);
                break;
            }
            case 'expire': {
                const at = event.expires_at == null ? Infinity : Date.parse(event.expires_at);
                this.sessions.amend((owner) => concerns(event, owner), (owner) => {
                    owner.expiresAtMs = at;
                });
                settled({ sessions: 0, statements: 0 });
                break;
            }
            case 'nothing':
                settled({ sessions: 0, statements: 0 });
                break;
        }
        this.log.info({ seq: event.seq, kind: event.kind, subject: event.credential_id ?? event.policy_id ?? event.database_id ?? event.project_id }, 'applied');
    }
    acknowledge() {
        const { epoch, seq } = this.follower.position;
        this.controlPlane
            .publish(subjects.ack, 'ack', { incarnation: this.incarnation, epoch, applied_seq: seq })
            .catch((error) => {
            this.log.warn({ err: error }, 'an acknowledgement could not be sent; the next renewal carries it');
        });
    }
    async catchUp() {
        if (this.catchingUp)
            return;
        this.catchingUp = true;
        try {
            for (;;) {
                const { epoch, seq } = this.follower.position;
                const reply = await this.controlPlane.request(subjects.since, { request: 'since-request', reply: 'since-reply' }, { incarnation: this.incarnation, epoch, after_seq: seq }, sinceReply, SINCE_TIMEOUT_MS);
                if (!reply.complete || reply.epoch !== epoch) {
                    this.startOver({ epoch: reply.epoch, seq: reply.head_seq });
                    return;
                }
                this.offer(reply.epoch, seq, reply.events);
                if (this.follower.position.seq >= reply.head_seq || reply.events.length === 0)
                    return;
            }
        }
        catch (error) {
            this.log.warn({ err: error }, 'the enforcement log could not be read; the next renewal tries again');
        }
        finally {
            this.catchingUp = false;
        }
    }
}
//# sourceMappingURL=enforcer.js.map
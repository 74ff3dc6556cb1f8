/** Once a second: I am here, and this far. The answer shows the log's head, so a lost event is noticed within a second. */
import { renewReply, subjects } from '@pgbeam/contracts';
import { ControlPlaneRefused } from './control-plane.js';
const EVERY_MS = 1000;
const TIMEOUT_MS = 2000;
export class Heartbeat {
    controlPlane;
    incarnation;
    enforcer;
    sessions;
    usage;
    clock;
    onForgotten;
    log;
    n = 0;
    timer;
    stopped = false;
    failing = false;
    lastAnswerMs = 0;
    constructor(controlPlane, incarnation, enforcer, sessions, usage, clock, onForgotten, log) {
        this.controlPlane = controlPlane;
        this.incarnation = incarnation;
        this.enforcer = enforcer;
        this.sessions = sessions;
        this.usage = usage;
        this.clock = clock;
        this.onForgotten = onForgotten;
        this.log = log;
    }
    /** Sends the first one at once, and resolves when it is answered or failed. */
    async start() {
        await this.beat();
        this.schedule();
    }
    stop() {
        this.stopped = true;
        clearTimeout(this.timer);
    }
    schedule() {
        if (this.stopped)
            return;
        this.timer = setTimeout(() => {
            void this.beat().finally(() => {
                this.schedule();
            });
        }, EVERY_MS);
    }
    async beat() {
        const { epoch, seq } = this.enforcer.position;
        const used = this.usage.take();
        const sentMs = performance.now();
        try {
            const reply = await this.controlPlane.request(subjects.renew, { request: 'renew-request', reply: 'renew-reply' }, { incarnation: this.incarnation, n: ++this.n, epoch, applied_seq: seq, sessions: this.sessions.countByProject(), used }, renewReply, TIMEOUT_MS);
            this.lastAnswerMs = performance.now();
            this.clock.set(reply.db_time, sentMs);
            this.enforcer.head(reply.epoch, reply.head_seq);
            if (this.failing)
                this.log.info('the control plane answers again');
            this.failing = false;
        }
        catch (error) {
            this.usage.putBack(used);
            if (error instanceof ControlPlaneRefused && error.reason === 'UNKNOWN_INCARNATION')
                await this.onForgotten();
            if (!this.failing)
                this.log.warn({ err: error }, 'the control plane does not answer; known credentials keep working');
            this.failing = true;
        }
    }
}
//# sourceMappingURL=heartbeat.js.map
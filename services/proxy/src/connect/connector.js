import { dial } from './dial.js';
import { UpstreamRefused, UpstreamTlsRefused, UpstreamUnavailable } from './errors.js';
import { logIn } from './upstream-login.js';
const CONNECTS_AT_ONCE = 16;
const WAITING_MAX = 2000;
const REFUSED_PAUSE_MS = 2000;
/** invalid_authorization_specification, invalid_password */
const BAD_CREDENTIALS = new Set(['28000', '28P01']);
export class Connector {
    gates = new Map();
    /** @throws UpstreamUnavailable, UpstreamRefused, UpstreamTlsRefused, the SCRAM errors */
    async connect(target, settings, timeoutMs) {
        const gate = this.gateOf(target.id);
        if (gate.refusal && performance.now() < gate.refusedUntilMs)
            throw gate.refusal;
        await this.turn(gate);
        try {
            const upstream = await this.attempt(target, settings, AbortSignal.timeout(timeoutMs));
            gate.refusal = undefined;
            return upstream;
        }
        catch (error) {
            if (error instanceof UpstreamRefused && BAD_CREDENTIALS.has(error.sqlState)) {
                gate.refusal = error;
                gate.refusedUntilMs = performance.now() + REFUSED_PAUSE_MS;
            }
            throw error;
        }
        finally {
            const next = gate.queue.shift();
            if (next)
                next();
            else if (--gate.running === 0 && !gate.refusal)
                this.gates.delete(target.id);
        }
    }
    async attempt(target, settings, signal) {
        const tries = encryptionTries(target.sslMode);
        for (let i = 0;; i++) {
            const encrypt = tries[i];
            let line;
            try {
                line = await dial(target, encrypt, signal);
                const raw = line.raw;
                const stop = () => raw.destroy();
                signal.addEventListener('abort', stop, { once: true });
                const session = await logIn(line, target, settings);
                signal.removeEventListener('abort', stop);
                return { ...line, ...session, target };
            }
            catch (error) {
                line?.raw.destroy();
                // As libpq: the other way is tried where the server itself refused this one (pg_hba), or TLS could not be set up.
                const retry = i + 1 < tries.length && !signal.aborted && (error instanceof UpstreamRefused ? error.sqlState === '28000' : error instanceof UpstreamTlsRefused);
                if (retry)
                    continue;
                if (signal.aborted)
                    throw new UpstreamUnavailable(`the database at ${target.host}:${target.port} did not answer in time`, error);
                throw error;
            }
        }
    }
    turn(gate) {
        if (gate.running < CONNECTS_AT_ONCE) {
            gate.running++;
            return Promise.resolve();
        }
        if (gate.queue.length >= WAITING_MAX)
            return Promise.reject(new UpstreamUnavailable('too many connections to this database are being opened', undefined, '53300', 'Try again in a few seconds.'));
        return new Promise((resolve) => gate.queue.push(resolve));
    }
    gateOf(id) {
        let gate = this.gates.get(id);
        if (!gate)
            this.gates.set(id, (gate = { running: 0, queue: [], refusedUntilMs: 0, refusal: undefined }));
        return gate;
    }
}
function encryptionTries(mode) {
    switch (mode) {
        case 'disable':
            return [false];
        case 'allow':
            return [false, true];
        case 'prefer':
            return [true, false];
        default:
            return [true];
    }
}
//# sourceMappingURL=connector.js.map
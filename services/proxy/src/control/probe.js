/** Tries a database on behalf of the control plane, which cannot reach one itself. */
import { probeRequest, seal, subjects } from '@pgbeam/contracts';
import { PgBeamError, Secret } from '@pgbeam/kernel';
const CONNECT_TIMEOUT_MS = 8000;
export function answerProbes(controlPlane, identity, signer, connector, clock, log) {
    controlPlane.subscribe(subjects.probe(identity.incarnation), 'probe-request', probeRequest, (request, message) => {
        if (request.incarnation !== identity.incarnation || Date.parse(request.deadline) < clock.nowMs())
            return;
        void tryDatabase(identity, connector, request.target)
            .then(async (outcome) => {
            message.respond(await seal('probe-reply', { nonce: request.nonce, ...outcome }, signer));
        })
            .catch((error) => {
            log.warn({ err: error }, 'a probe could not be answered');
        });
    }, (error) => {
        log.warn({ err: error }, 'a probe that the control plane did not sign was ignored');
    });
}
async function tryDatabase(identity, connector, target) {
    const startedMs = performance.now();
    try {
        const password = new Secret((await identity.decrypt(target.password_jwe)).reveal().toString());
        const upstream = await connector.connect({
            id: `probe ${target.id}`,
            host: target.host,
            port: target.port,
            name: target.name,
            username: target.username,
            password,
            sslMode: target.ssl_mode,
            sslCa: target.ssl_ca ?? undefined,
            role: target.role,
            queryTimeoutMs: 0,
        }, { application_name: 'pgbeam test-connection' }, CONNECT_TIMEOUT_MS);
        const latency_ms = performance.now() - startedMs;
        upstream.raw.destroy();
        return { ok: true, latency_ms, server_version: upstream.parameters.get('server_version') ?? null, error: null };
    }
    catch (error) {
        const text = error instanceof PgBeamError ? `${error.message} (${error.sqlState})` : 'the connection failed';
        return { ok: false, latency_ms: null, server_version: null, error: text };
    }
}
//# sourceMappingURL=probe.js.map
/** Joining the fleet: this process's keys against a join token, and what all proxies share in return. */
import { enrolReply, fleetSecrets, formatJoinToken, subjects } from '@pgbeam/contracts';
import { Secret } from '@pgbeam/kernel';
/** @throws ControlPlaneRefused where the token is not accepted */
export async function enrol(controlPlane, identity, token, about, timeoutMs) {
    const reply = await controlPlane.request(subjects.enrol, { request: 'enrol-request', reply: 'enrol-reply' }, {
        incarnation: identity.incarnation,
        version: about.version,
        signing_key: identity.publicJwks.signing,
        encryption_key: identity.publicJwks.encryption,
        token_jwe: await controlPlane.encrypt(formatJoinToken(token)),
        address: about.address,
    }, enrolReply, timeoutMs);
    const secrets = fleetSecrets.parse(JSON.parse((await identity.decrypt(reply.secrets_jwe)).reveal().toString()));
    return {
        proxyId: reply.proxy_id,
        epoch: reply.epoch,
        headSeq: reply.head_seq,
        dbTime: reply.db_time,
        saltSecret: new Secret(Buffer.from(secrets.salt_secret, 'base64url')),
        fleetKey: new Secret(Buffer.from(secrets.fleet_key, 'base64url')),
    };
}
//# sourceMappingURL=enrolment.js.map
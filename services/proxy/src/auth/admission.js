/** May somebody who proved the secret come in? Each no says why: the secret is known to them anyway. */
import ipaddr from 'ipaddr.js';
import { databaseNamed } from '../credentials/credential.js';
import { LoginNotAllowed } from './errors.js';
import { PgBeamError } from '@pgbeam/kernel';
export class NoSuchDatabase extends PgBeamError {
    code = 'ERR_NO_SUCH_DATABASE';
    fault = 'client';
    sqlState = '3D000';
    constructor(name, credential) {
        const reachable = credential.databases.filter(({ id }) => credential.databaseId === undefined || id === credential.databaseId);
        const names = [...new Set(reachable.map((database) => database.name))].join(', ');
        super(`database "${name}" does not exist`, names === '' ? 'The project has no database yet: add one.' : `This credential reaches: ${names}.`);
    }
}
/** @throws LoginNotAllowed, NoSuchDatabase */
export function admit({ credential, databaseName, address, nowMs }) {
    if (credential.status === 'killed')
        throw new LoginNotAllowed('this credential is paused (kill switch)', 'Ask its owner to resume it; the secret stays the same.');
    if (nowMs >= credential.expiresAtMs)
        throw new LoginNotAllowed(`this credential expired at ${new Date(credential.expiresAtMs).toISOString()}`, 'Ask its owner for a later expiry or a new credential.');
    if (!addressAllowed(address, credential.allowedCidrs))
        throw new LoginNotAllowed(`connections from ${address} are not allowed`, "Add the address to the project's allowed_cidrs.");
    const database = databaseNamed(credential, databaseName);
    if (!database)
        throw new NoSuchDatabase(databaseName, credential);
    return database;
}
/** Whether an address lies in one of the blocks; with no block at all every address does. IPv4 in IPv6 counts as IPv4. */
export function addressAllowed(address, cidrs) {
    if (cidrs.length === 0)
        return true;
    if (!ipaddr.isValid(address))
        return false;
    const parsed = ipaddr.process(address);
    return cidrs.some((cidr) => {
        if (!ipaddr.isValidCIDR(cidr))
            return false;
        const [network, bits] = ipaddr.parseCIDR(cidr);
        return network.kind() === parsed.kind() && parsed.match(network, bits);
    });
}
//# sourceMappingURL=admission.js.map
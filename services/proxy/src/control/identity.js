/** Who this proxy process is: keys made at start that never leave memory, and a new incarnation each time. */
import { createPublicKey, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { compactDecrypt, exportJWK } from 'jose';
import { signerOf } from '@pgbeam/contracts';
import { makeId, Secret } from '@pgbeam/kernel';
const generate = promisify(generateKeyPair);
export async function createIdentity() {
    const signing = (await generate('ed25519'));
    const encryption = (await generate('x25519'));
    return {
        incarnation: makeId('IncarnationId', Date.now(), randomBytes(10)),
        signer: await signerOf(signing.privateKey),
        publicJwks: { signing: await okp(signing.privateKey), encryption: await okp(encryption.privateKey) },
        decrypt: async (jwe) => {
            const { plaintext } = await compactDecrypt(jwe, encryption.privateKey, {
                keyManagementAlgorithms: ['ECDH-ES', 'ECDH-ES+A256KW'],
                contentEncryptionAlgorithms: ['A256GCM'],
            });
            return new Secret(Buffer.from(plaintext));
        },
    };
}
async function okp(key) {
    const { crv, x } = await exportJWK(createPublicKey(key));
    return { kty: 'OKP', crv: crv, x: x };
}
//# sourceMappingURL=identity.js.map
/** Client keys of upstream passwords: PBKDF2 runs once for each (password, salt, count), off the loop. */
import { createHash } from 'node:crypto';
import { deriveKeys } from '@pgbeam/scram';
import { LRUCache } from 'lru-cache';
const cache = new LRUCache({ max: 10_000 });
export function upstreamKeys(password, salt, iterations) {
    const key = createHash('sha256').update(`${iterations}:`).update(salt).update(password.reveal()).digest('base64');
    const known = cache.get(key);
    if (known)
        return known;
    const derived = deriveKeys(password.reveal(), salt, iterations);
    cache.set(key, derived);
    derived.catch(() => cache.delete(key));
    return derived;
}
//# sourceMappingURL=scram-keys.js.map
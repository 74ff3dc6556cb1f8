import { CompactEncrypt, importJWK } from 'jose'

/** Encrypts a text to one proxy's own X25519 key, as a JWE (ECDH-ES, A256GCM). */
export async function encryptTo(jwk: { readonly kty: 'OKP'; readonly crv: string; readonly x: string }, plaintext: string): Promise<string> {
  const key = await importJWK({ ...jwk }, 'ECDH-ES')
  return new CompactEncrypt(Buffer.from(plaintext)).setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' }).encrypt(key)
}

/** A project's label in host names: readable, unique by chance, at most 63 characters as DNS has it. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const NAME_CHARS_MAX = 48
const CHANCE_CHARS = 8

/**
 * @param entropy 8 random bytes or more
 * @param nameless what stands for a name without a letter that fits
 */
export function makeSlug(name: string, entropy: Uint8Array, nameless = 'project'): string {
  const readable = name.normalize('NFKD').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').slice(0, NAME_CHARS_MAX).replaceAll(/^-+|-+$/g, '')
  const chance = [...entropy.subarray(0, CHANCE_CHARS)].map((byte) => ALPHABET.charAt(byte & 31)).join('')
  return `${readable || nameless}-${chance}`
}

/**
 * Public secrets (`pbu_`, `pbo_`, `pba_`): prefix, 30 base62 characters of chance (178 bits), 6 base62 characters of CRC-32.
 * The checksum turns a mistyped or invented token away before any look-up, and lets secret scanners match without false alarms.
 */
import { crc32 } from './crc32.js'

export const tokenPrefixes = { personal: 'pbu', organization: 'pbo', mcp: 'pba' } as const
export type TokenKind = keyof typeof tokenPrefixes

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const CHANCE_CHARS = 30
const CHECKSUM_CHARS = 6
const SHAPE = /^(pbu|pbo|pba)_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/

function checksum(text: string): string {
  let left = crc32(text)
  let out = ''
  for (let i = 0; i < CHECKSUM_CHARS; i++) {
    out = BASE62.charAt(left % 62) + out
    left = Math.floor(left / 62)
  }
  return out
}

/**
 * Makes a token of this kind.
 * @param randomBytes called until 30 unbiased characters are drawn (bytes of 248 and more are thrown away)
 */
export function makeToken(kind: TokenKind, randomBytes: (count: number) => Uint8Array): string {
  let chance = ''
  while (chance.length < CHANCE_CHARS) {
    for (const byte of randomBytes(CHANCE_CHARS)) {
      if (byte < 248 && chance.length < CHANCE_CHARS) chance += BASE62.charAt(byte % 62)
    }
  }
  const body = `${tokenPrefixes[kind]}_${chance}`
  return body + checksum(body)
}

/** The kind of a well-formed token, or undefined for anything else, a wrong checksum included. */
export function tokenKind(text: string): TokenKind | undefined {
  const match = SHAPE.exec(text)
  if (!match) return undefined
  if (checksum(text.slice(0, -CHECKSUM_CHARS)) !== match[3]) return undefined
  return (Object.keys(tokenPrefixes) as TokenKind[]).find((kind) => tokenPrefixes[kind] === match[1])
}

/** What may be shown of a token ever after: its prefix with four characters, and its last four. */
export function tokenDisplay(token: string): { prefix: string; tail: string } {
  return { prefix: token.slice(0, 8), tail: token.slice(-4) }
}

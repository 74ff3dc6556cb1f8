import { describe, expect, it } from '@jest/globals'
import { findingOf } from './findings.js'

const values = {
  emails: ['ada@example.org', 'grace.hopper@navy.example', 'a.b+c@mail.example'],
  phones: ['+49 30 901820', '(212) 555-0187', '555-867-5309'],
  // Test numbers that card networks and banks publish.
  cards: ['4111 1111 1111 1111', '5555555555554444', '378282246310005'],
  ibans: ['DE89370400440532013000', 'GB29 NWBK 6016 1331 9268 19', 'FR1420041010050500013M02606'],
  ssns: ['536-90-4399', '078-05-1120', '219-09-9999'],
  addresses: ['192.168.1.10', '2001:db8::1', '10.0.0.1/32'],
  tokens: ['$2b$12$abcdefghijklmnopqrstuv', 'ghp_0123456789abcdefghij0123456789abcdef', '-----BEGIN PRIVATE KEY-----'],
  words: ['red', 'green', 'blue', 'yellow'],
  numbers: ['1', '2', '3'],
}

describe('a column', () => {
  it.each([
    ['email', 'text', values.emails, 'email', ['name', 'sample'], 'high', 1, 'hash'],
    ['contact', 'text', values.emails, 'email', ['sample'], 'medium', 1, 'hash'],
    ['contact', 'text', [...values.emails, 'none', 'n/a'], 'email', ['sample'], 'medium', 0.6, 'hash'],
    ['customerEmail', 'character varying(200)', [], 'email', ['name'], 'low', null, 'hash'],
    ['email', 'citext', values.emails, 'email', ['name', 'sample'], 'high', 1, 'null'],
    ['mobile_phone', 'text', values.phones, 'phone', ['name', 'sample'], 'high', 1, 'partial'],
    ['tel', 'bigint', [], 'phone', ['name'], 'low', null, 'redact'],
    ['number', 'text', values.cards, 'payment_card', ['sample'], 'medium', 1, 'partial'],
    ['payout', 'text', values.ibans, 'bank_account', ['sample'], 'medium', 1, 'partial'],
    ['ssn', 'character(11)', values.ssns, 'national_id', ['name', 'sample'], 'high', 1, 'redact'],
    ['tax_id', 'text', [], 'national_id', ['name'], 'low', null, 'redact'],
    ['seen_from', 'inet', values.addresses, 'ip_address', ['type', 'sample'], 'high', 1, 'redact'],
    ['origin', 'public.ip_address', [], 'ip_address', ['type'], 'medium', null, 'null'],
    ['first_name', 'text', values.words, 'person_name', ['name'], 'low', null, 'redact'],
    ['shipping_address', 'jsonb', [], 'postal_address', ['name'], 'low', null, 'redact'],
    ['profile', 'jsonb', [JSON.stringify({ a: { mail: 'ada@example.org' } }), '{}', '[]', '{"a":1}'], 'email', ['sample'], 'medium', 0.25, 'redact'],
    ['date_of_birth', 'date', [], 'date_of_birth', ['name'], 'low', null, 'null'],
    ['password_hash', 'text', values.tokens, 'secret', ['name', 'sample'], 'high', 1, 'redact'],
    // What the values show is believed before what the name says.
    ['address', 'text', values.emails, 'email', ['sample'], 'medium', 1, 'hash'],
  ] as const)('%s %s is told by what it is called and what it holds', (name, type, sample, category, evidence, confidence, share, kind) =>
    expect(findingOf({ name, type, values: sample })).toEqual({ category, evidence, confidence, share, kind }))

  it.each([
    ['color', 'text', values.words],
    ['id', 'bigint', values.numbers],
    ['email_verified', 'boolean', []],
    ['email_verified_at', 'timestamp with time zone', []],
    ['email_id', 'bigint', []],
    ['phone_count', 'integer', []],
    ['company', 'text', []],
    ['description', 'text', ['write to ada@example.org', 'call us', 'nothing']],
    ['order_number', 'text', ['10000001', '10000002', '10000003']],
    ['version', 'text', ['1.2.3', '1.2.4', '2.0.0']],
    ['note', 'text', ['ada@example.org', 'x']], // too few to say
    ['script', 'text', values.words], // `ip` stands in it, not as a word
    ['payload', 'json', ['{"cut off', 'not json', 'either']],
  ] as const)('%s %s is left alone', (name, type, sample) => expect(findingOf({ name, type, values: sample })).toBeUndefined())
})

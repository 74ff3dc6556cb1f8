/** What the name of a column, or of its type, says about what it holds. */
import type { PiiCategory } from '@pgbeam/contracts'

/** Words that stand for a category, each a run of words as they follow each other in a name. The first that fits counts. */
const PHRASES: readonly (readonly [PiiCategory, string])[] = [
  ['secret', 'password|passwd|pwd|passphrase|secret|api key|apikey|access token|refresh token|auth token|session token|token hash|private key|otp|totp|pin code|cvv|cvc'],
  ['email', 'email|e mail|mail address|mailaddress|correo'],
  ['phone', 'phone|telephone|tel|mobile|cell|fax|msisdn|telefon|handy|whatsapp'],
  ['payment_card', 'card number|cardnumber|credit card|creditcard|ccnum|cc number|pan'],
  ['bank_account', 'iban|bic|swift|bank account|account number|routing number|sort code|kontonummer'],
  ['national_id', 'ssn|social security|national id|nationalid|passport|tax id|taxid|tin|nin|cpf|dni|nif|pesel|driver license|driving licence|license number|personnummer|steuernummer'],
  ['date_of_birth', 'birth|birthday|birthdate|dob|born|geburtsdatum'],
  ['ip_address', 'ip|ip address|ipaddress|ip addr|remote addr|client addr'],
  ['person_name', 'first name|firstname|last name|lastname|surname|given name|family name|full name|fullname|middle name|maiden name|vorname|nachname|contact name|customer name|patient name'],
  ['postal_address', 'address|street|zip|zipcode|postal code|postcode|postal|addr|strasse|plz'],
]

const PATTERNS = PHRASES.map(([category, phrases]) => [category, new RegExp(`(?:^| )(?:${phrases})s?(?: |$)`)] as const)

/** A name in words: `customerEmail_2` is `customer email`. */
const wordsOf = (name: string): string =>
  name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/[^\p{L}]+/gu, ' ')
    .trim()
    .toLowerCase()

/** What is about something else, whatever the words in it: a flag, a time, a count. */
const ABOUT_ANOTHER = /(?: |^)(?:is|has|at|count|verified|confirmed|enabled|sent|opt|id|ids|type|status|preference|preferences|template|expires|expiry|valid)(?: |$)/
const IDENTIFIERS = /(?: |^)(?:tax|national|personal) id(?: |$)/

export function categoryByName(name: string): PiiCategory | undefined {
  const words = wordsOf(name)
  if (ABOUT_ANOTHER.test(words) && !IDENTIFIERS.test(words)) return undefined
  return PATTERNS.find(([, pattern]) => pattern.test(words))?.[0]
}

/** `inet` holds addresses; a domain tells by its name, as in `public.email_address`. */
export function categoryByType(type: string): PiiCategory | undefined {
  if (/^(?:inet|cidr)$/.test(type)) return 'ip_address'
  return BUILT_IN.test(type) ? undefined : categoryByName(type.slice(type.lastIndexOf('.') + 1))
}

const BUILT_IN = /^(?:text|character|character varying|name|json|jsonb|xml|bytea|uuid|boolean|date|interval|integer|bigint|smallint|numeric|real|double precision|money|time|timestamp)(?:\b|\()/

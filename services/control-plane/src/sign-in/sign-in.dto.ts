import { z } from 'zod'
import { oneTimeToken } from '../invitation/invitation.dto.js'
import type { UserSession } from '../generated/prisma/client.js'
import { email, page, text } from '../platform/http/fields.js'

const PASSWORD_CHARS_MIN = 12
const PASSWORD_CHARS_MAX = 200
const newPassword = z
  .string()
  .min(PASSWORD_CHARS_MIN, { error: `must have at least ${PASSWORD_CHARS_MIN} characters` })
  .max(PASSWORD_CHARS_MAX)
const givenPassword = z.string().min(1).max(PASSWORD_CHARS_MAX)

export const signIn = z.strictObject({ email, password: givenPassword }).meta({ id: 'SignIn' })
export type SignIn = z.output<typeof signIn>

export const signUp = z.strictObject({ token: oneTimeToken.describe('of the invitation'), name: text(100), password: newPassword }).meta({ id: 'SignUp' })
export type SignUp = z.output<typeof signUp>

export const useOwnerLink = z.strictObject({ token: oneTimeToken.describe('of the link'), email, password: newPassword, name: text(100).optional() }).meta({ id: 'UseOwnerLink' })
export type UseOwnerLink = z.output<typeof useOwnerLink>

export const changePassword = z.strictObject({ current_password: givenPassword, new_password: newPassword }).meta({ id: 'ChangePassword' })
export type ChangePassword = z.output<typeof changePassword>

export const methods = ['password', 'oidc', 'owner_link', 'invitation'] as const
export type Method = (typeof methods)[number]

export const sessionView = z
  .strictObject({
    id: z.string(),
    method: z.enum(methods).describe('how the person proved who they are'),
    current: z.boolean().describe('the session of this request'),
    address: z.string().nullable(),
    agent: z.string().nullable().describe('the User-Agent that signed in'),
    created_at: z.iso.datetime(),
    last_seen_at: z.iso.datetime().describe('to about five minutes'),
    expires_at: z.iso.datetime(),
  })
  .meta({ id: 'Session' })
export type SessionView = z.infer<typeof sessionView>

export const listSessions = z.strictObject(page)
export type ListSessions = z.output<typeof listSessions>
export const sessionList = z.strictObject({ sessions: z.array(sessionView), next_page_token: z.string().nullable() }).meta({ id: 'SessionList' })
export type SessionList = z.infer<typeof sessionList>

export const signedIn = z
  .strictObject({ user: z.strictObject({ id: z.string(), name: z.string(), email: z.string().nullable() }), session: sessionView })
  .meta({ id: 'SignedIn', description: 'The session itself is in the cookie' })
export type SignedIn = z.infer<typeof signedIn>

export const waysIn = z
  .strictObject({ password: z.literal(true), oidc: z.strictObject({ name: z.string() }).nullable().describe('the OpenID provider, if one is configured') })
  .meta({ id: 'WaysIn' })

export const startOidc = z
  .strictObject({
    invitation: oneTimeToken.optional().describe('the token of an invitation that the person accepts by this'),
    link: z.boolean().default(false).describe('ties the account at the provider to the person who is signed in'),
  })
  .meta({ id: 'StartOidc' })
export type StartOidc = z.output<typeof startOidc>
/** Providers add what they like (RFC 6749, 4.1.2); all of it goes to the library that checks it. */
export const oidcAnswer = z.looseObject({ code: z.string().optional(), state: z.string().optional(), error: z.string().optional() })
export const oidcStarted = z.strictObject({ authorization_url: z.string() }).meta({ id: 'OidcStarted' })

export function toSessionView(row: UserSession, currentId: string | undefined): SessionView {
  return {
    id: row.id,
    method: row.method as Method,
    current: row.id === currentId,
    address: row.address,
    agent: row.agent,
    created_at: row.createdAt.toISOString(),
    last_seen_at: row.lastSeenAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
  }
}

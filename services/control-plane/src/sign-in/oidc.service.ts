import { Injectable } from '@nestjs/common'
import { Forbidden, Unauthorized } from '../platform/http/errors.js'
import type { KnownSession } from '../access/session/session-lookup.js'
import { OidcProvider } from './oidc-provider.js'
import type { Carried } from './oidc-flow-cookie.js'
import type { From } from './session.repository.js'
import type { StartOidc } from './sign-in.dto.js'
import { SignInRepository, type Entered } from './sign-in.repository.js'

@Injectable()
export class OidcService {
  constructor(
    private readonly provider: OidcProvider,
    private readonly people: SignInRepository,
  ) {}

  get providerName(): string | undefined {
    return this.provider.name
  }

  /** @throws Unauthorized where somebody wants to tie an account to themselves without being signed in */
  async start({ invitation, link }: StartOidc, session: KnownSession | undefined): Promise<{ url: string; carried: Omit<Carried, 'until'> }> {
    if (link && !session) throw new Unauthorized('sign in first: an account at the provider is tied to whoever is signed in')
    if (invitation !== undefined) await this.people.mustBeOpenInvitation(invitation)
    const { url, flow } = await this.provider.start()
    return { url, carried: { ...flow, ...(invitation !== undefined && { invitation }), ...(link && session && { linkTo: session.userId }) } }
  }

  /**
   * Lets in whoever has an account that is tied to a person, or brings an invitation. Never by e-mail address alone: an account
   * of that address may have been made by somebody who was not its owner.
   * @returns a new session, or undefined where an account was tied to whoever is signed in
   */
  async finish(query: string, flow: Carried, session: KnownSession | undefined, from: From): Promise<Entered | undefined> {
    const { issuer, subject, name } = await this.provider.finish(query, flow)
    const identity = { issuer, subject }
    if (flow.linkTo !== undefined) {
      if (session?.userId !== flow.linkTo) throw new Forbidden('somebody else is signed in now than when this was begun')
      await this.people.linkIdentity(flow.linkTo, identity, { id: flow.linkTo, address: from.address })
      return undefined
    }
    const user = await this.people.ownerOf(identity)
    if (user) return this.people.enterByIdentity(user.id, flow.invitation, from)
    if (flow.invitation === undefined) throw new Forbidden('nobody here is known by this account; ask for an invitation, or sign in with your password and tie the account to yourself')
    return this.people.signUp(flow.invitation, name, identity, from)
  }
}

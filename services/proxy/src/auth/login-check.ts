/**
 * Who is it? The credential that a login names, proven. A stranger learns nothing about which names exist: where a name can
 * not be looked up (too many strangers, no control plane) the exchange goes on as for a name that nobody has, and every login
 * that proves nothing gets the same answer then, of a known name or not. Known ones with the right secret come in throughout.
 */
import { credentialOfPgUser, type PgBeamError, type Secret } from '@pgbeam/kernel'
import type { Credential } from '../credentials/credential.js'
import { ControlPlaneUnreachable, type CredentialStore } from '../credentials/credential-store.js'
import type { ClientConnection } from '../listen/client-connection.js'
import { authenticate } from './authenticate.js'
import { AuthenticationFailed, TooManyLogins } from './errors.js'
import type { PasswordKeys } from './password-keys.js'
import { retiredKeysOf } from './retired-keys.js'
import type { StartupRequest } from './startup-request.js'
import type { Attempt, Strangers } from './strangers.js'

export type ControlPlaneState = 'answers' | 'silent' | 'away'

export interface LoginCheckParts {
  readonly store: CredentialStore
  readonly strangers: Strangers
  readonly passwords: PasswordKeys
  readonly saltSecret: Secret<Buffer>
  /** Whether the control plane answers, as far as is known; `away` where asking it is of no use. */
  readonly controlPlane: () => ControlPlaneState
  readonly nowMs: () => number
  /** Somebody logs in with the secret from before a rotation. */
  readonly noteStaleSecret: (credentialId: string, address: string) => void
}

export class LoginCheck {
  constructor(private readonly parts: LoginCheckParts) {}

  /**
   * Runs the exchange up to, and without, AuthenticationOk.
   * @throws AuthenticationFailed, TooManyLogins, ControlPlaneUnreachable, and what `authenticate` throws
   */
  async run(client: ClientConnection, request: Pick<StartupRequest, 'user' | 'cleartextAsked'>): Promise<Credential> {
    const { strangers, passwords, saltSecret } = this.parts
    const { user, cleartextAsked } = request
    const attempt = strangers.enter(client.address)
    const { credential, obstacle } = await this.lookUp(user, attempt)
    const onStaleSecret = () => {
      // After the answer, which comes neither sooner nor later for it.
      if (credential && !credential.stale) setImmediate(() => { this.parts.noteStaleSecret(credential.id, client.address) })
    }
    try {
      const final = await authenticate({ client, user, credential, saltSecret, cleartextAsked, from: attempt.from, passwords, retiredKeys: retiredKeysOf(credential, this.parts.nowMs()), onStaleSecret })
      // A secret that an event has overtaken in the meantime is no proof any more.
      if (!credential || credential.stale) throw new AuthenticationFailed(user)
      attempt.proven()
      if (final) client.write(final)
      return credential
    } catch (error) {
      if (error instanceof AuthenticationFailed && obstacle) throw obstacle
      throw error
    }
  }

  private async lookUp(user: string, attempt: Attempt): Promise<{ credential: Credential | undefined; obstacle: PgBeamError | undefined }> {
    const { store } = this.parts
    const obstacle = this.obstacle(attempt)
    const id = credentialOfPgUser(user)
    if (id === undefined) return { credential: undefined, obstacle }
    const known = store.known(id)
    // One that is silent may answer by now: it is asked. Who proves nothing gets the answer that all get meanwhile.
    const ask = !obstacle || (obstacle instanceof ControlPlaneUnreachable && this.parts.controlPlane() === 'silent')
    if (known || !ask) return { credential: known, obstacle }
    try {
      const credential = await store.get(id, attempt.from)
      return { credential, obstacle: this.parts.controlPlane() === 'answers' ? undefined : obstacle }
    } catch (error) {
      if (error instanceof TooManyLogins || error instanceof ControlPlaneUnreachable) return { credential: undefined, obstacle: error }
      throw error
    }
  }

  /** Why a name could not be looked up now; asked for known ones too, so that both get the same answer. */
  private obstacle(attempt: Attempt): PgBeamError | undefined {
    if (!attempt.allowed || this.parts.store.crowded(attempt.from)) return new TooManyLogins()
    return this.parts.controlPlane() === 'answers' ? undefined : new ControlPlaneUnreachable()
  }
}

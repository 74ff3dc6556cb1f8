/**
 * Who is it? The credential, or the application with a stored user, that a login names, proven. A stranger learns nothing about which names exist: where a name can
 * not be looked up (too many strangers, no control plane) the exchange goes on as for a name that nobody has, and every login
 * that proves nothing gets the same answer then, of a known name or not. Known ones with the right secret come in throughout.
 */
import type { PassthroughName } from '@pgbeam/contracts'
import { credentialOfPgUser, type PgBeamError, type Secret } from '@pgbeam/kernel'
import type { Credential } from '../credentials/credential.js'
import { ControlPlaneUnreachable, type CredentialStore } from '../credentials/credential-store.js'
import type { ClientConnection } from '../listen/client-connection.js'
import { passthroughKey } from '../credentials/credential.js'
import { authenticate } from './authenticate.js'
import { AuthenticationFailed, TooManyLogins } from './errors.js'
import type { Guess, Guesses } from './guesses.js'
import { applicationName } from './named-project.js'
import type { PasswordKeys } from './password-keys.js'
import { retiredKeysOf } from './retired-keys.js'
import type { StartupRequest } from './startup-request.js'
import type { Attempt, Strangers } from './strangers.js'

export type ControlPlaneState = 'answers' | 'silent' | 'away'

export interface LoginCheckParts {
  readonly store: CredentialStore
  readonly strangers: Strangers
  readonly guesses: Guesses
  readonly passwords: PasswordKeys
  readonly saltSecret: Secret<Buffer>
  /** Whether the control plane answers, as far as is known; `away` where asking it is of no use. */
  readonly controlPlane: () => ControlPlaneState
  readonly nowMs: () => number
  /** Somebody logs in with the secret from before a rotation. */
  readonly noteStaleSecret: (credentialId: string, address: string) => void
}

/** What a login names, as far as it matters for who it is. */
export interface LoginRequest extends Pick<StartupRequest, 'user' | 'database' | 'cleartextAsked'> {
  /** By its host or its options. */
  readonly project: string | undefined
}

interface Found {
  readonly credential: Credential | undefined
  /** What is said instead of 28P01, since a name could not be looked up, or a password may not be tried, now. */
  readonly obstacle: PgBeamError | undefined
  /** Of an application: whether the password may be tried is counted. */
  readonly guess: Guess | undefined
}

export class LoginCheck {
  constructor(private readonly parts: LoginCheckParts) {}

  /**
   * Runs the exchange up to, and without, AuthenticationOk.
   * @throws AuthenticationFailed, TooManyLogins, ControlPlaneUnreachable, and what `authenticate` throws
   */
  async run(client: ClientConnection, request: LoginRequest): Promise<Credential> {
    const { strangers, passwords, saltSecret } = this.parts
    const { user, cleartextAsked } = request
    const attempt = strangers.enter(client.address)
    const { credential, obstacle, guess } = await this.find(request, attempt)
    const onStaleSecret = () => {
      // After the answer, which comes neither sooner nor later for it.
      if (credential && !credential.stale) setImmediate(() => { this.parts.noteStaleSecret(credential.id, client.address) })
    }
    try {
      const final = await authenticate({ client, user, credential, saltSecret, cleartextAsked, from: attempt.from, passwords, retiredKeys: retiredKeysOf(credential, this.parts.nowMs()), onStaleSecret })
      // A secret that an event has overtaken in the meantime is no proof any more.
      if (!credential || credential.stale) throw new AuthenticationFailed(user)
      attempt.proven()
      guess?.proven()
      if (final) client.write(final)
      return credential
    } catch (error) {
      if (error instanceof AuthenticationFailed) guess?.failed()
      if (error instanceof AuthenticationFailed && obstacle) throw obstacle
      throw error
    }
  }

  /** A user name that is shaped as ours is a credential's, whatever a database may call its own users. */
  private async find({ user, database, project }: LoginRequest, attempt: Attempt): Promise<Found> {
    const { store } = this.parts
    const id = credentialOfPgUser(user)
    if (id !== undefined) {
      const found = await this.lookUp(attempt, () => store.known(id), () => store.get(id, attempt.from))
      // One of another project than is named is nobody there.
      return { ...found, credential: project === undefined || found.credential?.projectSlug === project ? found.credential : undefined, guess: undefined }
    }
    const name = project === undefined ? undefined : applicationName(project, user, database)
    if (!name) return { credential: undefined, obstacle: this.obstacle(attempt), guess: undefined }
    return this.findApplication(name, attempt)
  }

  private async findApplication(name: PassthroughName, attempt: Attempt): Promise<Found> {
    const { store, guesses } = this.parts
    const guess = guesses.enter(passthroughKey(name), attempt.from, attempt.allowed)
    if (!guess.allowed) return { credential: undefined, obstacle: new TooManyLogins(), guess }
    return { ...(await this.lookUp(attempt, () => store.knownApplication(name), () => store.application(name, attempt.from))), guess }
  }

  private async lookUp(attempt: Attempt, knownNow: () => Credential | undefined, get: () => Credential | undefined | Promise<Credential | undefined>): Promise<Omit<Found, 'guess'>> {
    const obstacle = this.obstacle(attempt)
    const known = knownNow()
    // One that is silent may answer by now: it is asked. Who proves nothing gets the answer that all get meanwhile.
    const ask = !obstacle || (obstacle instanceof ControlPlaneUnreachable && this.parts.controlPlane() === 'silent')
    if (known || !ask) return { credential: known, obstacle }
    try {
      const credential = await get()
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

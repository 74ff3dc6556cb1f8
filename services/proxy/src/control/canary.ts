/**
 * This proxy's canary: a credential that the control plane kills and resumes all the time, to see that the kill switch works.
 * Whether it would be let in is asked of the same cache and the same door as for any login whose secret was proven, and while
 * it is let in a session of its stands in the registry, which only the event that kills it can end.
 */
import { canaryRequest, subjects, type CanaryReply } from '@pgbeam/contracts'
import { PgBeamError } from '@pgbeam/kernel'
import { NoSuchDatabase } from '../auth/admission.js'
import { AuthenticationFailed, CredentialChanged } from '../auth/errors.js'
import type { Credential, DatabaseTarget } from '../credentials/credential.js'
import type { CredentialStore } from '../credentials/credential-store.js'
import type { Log } from '../platform/log.js'
import type { Listed, SessionRegistry } from '../relay/session-registry.js'
import type { ControlPlane } from './control-plane.js'
import type { FreshRequests } from './fresh-requests.js'

/** Who asks, as far as fairness among look-ups goes; and from where, as far as the door goes. */
const ASKER = 'canary'
const ADDRESS = '127.0.0.1'

export interface Door {
  /** @throws PgBeamError where the credential may not come in */
  admit(credential: Credential, databaseName: string, address: string): DatabaseTarget
}

/** A session without sockets: all there is to it is whether it was ended. */
class Perch implements Listed {
  over = false
  leave: () => void = () => undefined
  constructor(readonly credentialId: string) {}
  end(): boolean {
    this.over = true
    this.leave()
    return false
  }
  leaveWhenIdle(): void {
    this.end()
  }
  silence(): void {}
  hold(): void {}
  goOn(): void {}
  tick(): void {}
  restsWithoutLease(): boolean {
    return true
  }
  cancel(): void {}
}

export class Canary {
  private perch: Perch | undefined

  constructor(
    private readonly store: Pick<CredentialStore, 'get'>,
    private readonly door: Door,
    private readonly sessions: Pick<SessionRegistry, 'add' | 'newCancelKey'>,
  ) {}

  /** Would the door let it in now? Where it does, a session is open from then on. */
  async ask(credentialId: string): Promise<Omit<CanaryReply, 'nonce'>> {
    // A proxy that was silent for long gets another one. No kill is about the earlier any more, and its session says nothing.
    if (this.perch && this.perch.credentialId !== credentialId) this.perch.end()
    const refusal = await this.refusal(credentialId)
    return { admitted: refusal === null, refusal, session_open: this.perch?.over === false }
  }

  private async refusal(credentialId: string): Promise<string | null> {
    try {
      const credential = await this.store.get(credentialId, ASKER)
      // From here to the session in the registry nothing is awaited, as at the door.
      if (!credential) throw new AuthenticationFailed(credentialId)
      if (credential.stale) throw new CredentialChanged()
      this.pass(credential)
      if (this.perch?.over !== false) this.open(credential)
      return null
    } catch (error) {
      return error instanceof PgBeamError ? error.code : 'ERR_UNEXPECTED'
    }
  }

  /** It has no database, which is what the door looks at last. */
  private pass(credential: Credential): void {
    try {
      this.door.admit(credential, ASKER, ADDRESS)
    } catch (error) {
      if (!(error instanceof NoSuchDatabase)) throw error
    }
  }

  private open({ id, projectId, policyId, asOfSeq, expiresAtMs }: Credential): void {
    this.perch = new Perch(id)
    this.perch.leave = this.sessions.add(this.perch, { id, projectId, policyId, passthrough: undefined, databases: [], address: ADDRESS, asOfSeq, expiresAtMs }, this.sessions.newCancelKey(0), false)
  }
}

/** Answers the control plane's questions about this proxy's canary. */
export function answerCanary(controlPlane: ControlPlane, incarnation: string, canary: Canary, fresh: FreshRequests, log: Log): void {
  controlPlane.subscribe(
    subjects.canary(incarnation),
    'canary-request',
    canaryRequest,
    (request, message) => {
      if (request.incarnation !== incarnation || message.reply === undefined || !fresh.take(request)) return
      const { reply } = message
      canary
        .ask(request.credential_id)
        .then((answer) => {
          controlPlane.publish(reply, 'canary-reply', { nonce: request.nonce, ...answer })
        })
        .catch((error: unknown) => {
          log.debug({ err: error }, 'a question about the canary could not be answered')
        })
    },
    (error) => {
      log.warn({ err: error }, 'a question about the canary that the control plane did not sign was ignored')
    },
  )
}

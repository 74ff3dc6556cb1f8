/**
 * The canary of a proxy: a credential that exists to be killed, so that the kill switch is tried for real and often. Its
 * events are in the log like all others, and only the answer of the proxy's own door says whether they had their effect.
 */
import { z } from 'zod'
import { parseId } from '@pgbeam/kernel'
import { idOf, nonce, timestamp } from './shapes.js'

/** The project that the events of all canaries name. It has no row: nobody sees it, and nothing can be done to it. */
export const canaryProjectId = parseId('ProjectId', 'prj_00000000000000000000000000')
/** The policy of all canaries; it has no row either. */
export const canaryPolicyId = parseId('PolicyId', 'pol_00000000000000000000000000')

/** Signed by the control plane: would this credential be let in now, and is what it had open still open? */
export const canaryRequest = z.strictObject({ nonce, incarnation: idOf('IncarnationId'), deadline: timestamp, credential_id: idOf('CredentialId') })
/** Signed by the proxy. */
export const canaryReply = z.strictObject({
  nonce,
  /** Whether the door would have let it in, as far as to a database: it has none. */
  admitted: z.boolean(),
  /** The code of what the door said instead. */
  refusal: z.string().max(100).nullable(),
  /** Whether the session that the proxy holds open for it, since it was last admitted, has not been ended. */
  session_open: z.boolean(),
})
export type CanaryReply = z.infer<typeof canaryReply>

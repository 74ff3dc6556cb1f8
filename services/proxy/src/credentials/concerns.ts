import type { EnforcementEvent } from '@pgbeam/contracts'

/** What an event may be about: a snapshot, or a session that was opened under one. */
export interface Subject {
  readonly id: string
  readonly projectId: string
  readonly policyId: string | undefined
  /** Set for an application with a stored user. */
  readonly passthrough: object | undefined
  readonly databases: readonly { readonly id: string }[]
  /** The state of the log that the snapshot shows. */
  readonly asOfSeq: number
}

/** Whether an event changes something for this subject: a snapshot that already shows the event is not touched by it. */
export function overtakes(event: EnforcementEvent, subject: Subject): boolean {
  return event.seq > subject.asOfSeq && concerns(event, subject)
}

/** Whether an event is about this credential: the narrowest id that the event names decides. */
export function concerns(event: EnforcementEvent, subject: Omit<Subject, 'asOfSeq'>): boolean {
  if (event.credential_id !== undefined) return event.credential_id === subject.id
  if (event.policy_id !== undefined) return event.policy_id === subject.policyId
  if (event.passthrough_only === true && subject.passthrough === undefined) return false
  if (event.database_id !== undefined) return subject.databases.some((database) => database.id === event.database_id)
  return event.project_id === subject.projectId
}

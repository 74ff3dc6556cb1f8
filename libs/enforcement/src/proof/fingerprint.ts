/**
 * Tells states of a world apart. Two worlds with one fingerprint go on alike: times count from now, and what can no longer
 * matter (a lease that is over, a request that is too old for one) is one and the same.
 */
import type { Credential, ProxyProcess } from './proxy-process.js'
import type { Replica } from './replica.js'
import type { Message } from './wire.js'
import type { World } from './world.js'

/** Looked up once: inside jest each look at a global takes its time. */
const { imul, max, min, round } = Math

/** Longer ago than any lease: how long makes no difference. */
const LONG_MS = 10_000

export function fingerprintOf(world: World, left: readonly number[]): string {
  const { database, publishers, processes, replicas, wire, answered, trueMs } = world
  const parts = [
    left.join(),
    `${database.epochNumber} ${database.settled} ${database.truncatedAt} ${database.beganAt.join()}`,
    database.log.map(({ subject, active }) => `${subject}${active}`).join(),
    Array.from({ length: database.credentials }, (_, i) => JSON.stringify(database.credential(i))).join(),
    rows(database.rows),
    `${database.copiedSeq} ${rows(database.copiedRows)}`,
    publishers.map(({ epochNumber, seq }) => `${epochNumber}:${seq}`).join(),
    ...processes.map((process) => processText(process, trueMs)),
    ...replicas.map((replica) => replicaText(replica, trueMs)),
    wire.map((message) => messageText(message, trueMs)).sort().join('\n'),
    answered.map((lives) => lives.join()).join(';'),
  ]
  return parts.join('|')
}

/** A number of 53 bits for a text: what is kept of each state. */
export function hashOf(text: string): number {
  let low = 0x1b873593
  let high = 0x9e3779b9
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    low = imul(low ^ code, 0x85ebca6b)
    low = (low << 13) | (low >>> 19)
    high = imul(high ^ code, 0xc2b2ae35)
    high = (high << 17) | (high >>> 15)
  }
  low = imul(low ^ (low >>> 16) ^ high, 0x27d4eb2f)
  high = imul(high ^ (high >>> 15) ^ low, 0x165667b1)
  return ((high >>> 0) % 2 ** 21) * 2 ** 32 + (low >>> 0)
}

function rows(all: World['database']['rows']): string {
  return [...all.values()]
    .map((row) => `${row.incarnation} ${row.enrolledSeq} ${row.appliedSeq} ${row.fencedSeq} ${row.grant} ${row.lapsedGrant} ${row.leaseMs} ${row.endedAt !== null}`)
    .join()
}

const ago = (ms: number): number => min(LONG_MS, round(ms))
const credentialText = (credential: Credential | undefined): string =>
  credential ? `${credential.subject} ${credential.active} ${credential.asOfSeq} ${credential.stale} ${credential.readEpoch} ${credential.readSeq}` : ''

function processText(process: ProxyProcess, trueMs: number): string {
  const { standing, clock, acknowledged } = process
  if (!process.alive) return `gone ${sessionsText(process)}`
  const nowMs = clock.monotonicMs(trueMs)
  return [
    `${process.frozen} ${process.suspendedMs} ${process.renewals} ${clock.wallStepMs} ${process.sleeps} ${standing.position.epoch} ${standing.position.seq}`,
    `${acknowledged.epoch} ${acknowledged.seq} ${max(0, round(standing.endsAtMs - nowMs))} ${process.recentFrom}`,
    process.waiting.map(({ asked, grant }) => `${ago(nowMs - asked.at.monotonicMs)} ${grant.epoch} ${grant.seq}`).join(),
    process.cache.map(credentialText).join(),
    process.lookUps,
    process.logins.map(({ subject, credential }) => `${subject}:${credentialText(credential)}`).join(),
    sessionsText(process),
    process.deferred.map(({ seq }) => seq).join(),
  ].join('/')
}

function sessionsText({ sessions }: ProxyProcess): string {
  return sessions
    .map((one) => `${credentialText(one.credential)} ${one.over} ${one.reset} ${one.queued} ${one.running} ${one.pipelined} ${one.cancelOnTheWay}`)
    .join()
}

function replicaText(replica: Replica, trueMs: number): string {
  const nowMs = replica.clock.monotonicMs(trueMs)
  return [
    `${replica.frozen} ${ago(replica.knownForMs(trueMs))}`,
    [...replica.heard].map(([incarnation, { epoch, seq }]) => `${incarnation} ${epoch} ${seq}`).join(),
    replica.renewals.map(({ process, n, asked, headSeq, epochNumber }) => `${process.incarnation} ${n} ${age(process, asked.at.monotonicMs, trueMs)} ${headSeq} ${epochNumber}`).join(),
    replica.calls
      .map(({ subject, event, committedAtMs, readAtMs, grantsRead, wait }) =>
        `${subject} ${event.epoch} ${event.seq} ${ago(nowMs - committedAtMs)} ${wait ? `${ago(nowMs - readAtMs)} ${grantsRead.join()} ${wait.open.join()} ${JSON.stringify(wait.fenced)}` : ''}`,
      )
      .join(),
  ].join('/')
}

const age = (process: ProxyProcess, atMs: number, trueMs: number): number => ago(process.clock.monotonicMs(trueMs) - atMs)

function messageText({ proxy, replica, body, copies }: Message, trueMs: number): string {
  const to = `${proxy ? proxy.incarnation : replica.index} ${body.kind} ${copies}`
  switch (body.kind) {
    case 'batch':
      return `${to} ${body.epoch} ${body.prevSeq} ${body.events.length}`
    case 'granted':
      return `${to} ${body.asked.position.epoch} ${body.asked.position.seq} ${proxy ? age(proxy, body.asked.at.monotonicMs, trueMs) : ''} ${body.grant.epoch} ${body.grant.seq} ${body.grant.lengthMs}`
    case 'log':
      return `${to} ${body.asked.epoch} ${body.asked.seq} ${body.head.epoch} ${body.head.seq} ${body.complete} ${body.events.length}`
    case 'snapshot':
      return `${to} ${body.subject} ${body.token} ${body.snapshot.epoch} ${body.snapshot.asOfSeq} ${body.snapshot.active}`
    case 'unknown':
      return to
    case 'enrolled':
      return `${to} ${body.asked.epoch} ${body.asked.seq} ${body.start.epoch} ${body.start.seq}`
    case 'ack':
      return `${to} ${body.process.incarnation} ${body.position.epoch} ${body.position.seq}`
    case 'renew':
      return `${to} ${body.process.incarnation} ${body.n} ${body.asked.position.epoch} ${body.asked.position.seq} ${age(body.process, body.asked.at.monotonicMs, trueMs)}`
    case 'since':
      return `${to} ${body.process.incarnation} ${body.asked.epoch} ${body.asked.seq}`
    case 'resolve':
      return `${to} ${body.process.incarnation} ${body.subject} ${body.token}`
    case 'enrol':
      return `${to} ${body.process.incarnation} ${body.asked.epoch} ${body.asked.seq}`
    case 'goodbye':
      return `${to} ${body.process.incarnation}`
  }
}

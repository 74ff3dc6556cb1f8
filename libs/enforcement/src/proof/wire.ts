/** What is on its way between proxies and control-plane replicas: each message may be lost, late, doubled, or overtaken. */
import type { Position } from '../follower.js'
import type { Asked, Grant } from '../standing.js'
import type { ChangeEvent } from './machines.js'
import type { ProxyProcess, Snapshot } from './proxy-process.js'
import type { Replica } from './replica.js'

export type ToProxy =
  | { readonly kind: 'batch'; readonly epoch: string; readonly prevSeq: number; readonly events: readonly ChangeEvent[] }
  | { readonly kind: 'granted'; readonly asked: Asked; readonly grant: Grant }
  | { readonly kind: 'log'; readonly asked: Position; readonly head: Position; readonly complete: boolean; readonly events: readonly ChangeEvent[] }
  | { readonly kind: 'snapshot'; readonly subject: number; readonly token: number; readonly snapshot: Snapshot }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'enrolled'; readonly asked: Position; readonly start: Position }

export type ToReplica =
  | { readonly kind: 'ack'; readonly process: ProxyProcess; readonly position: Position }
  | { readonly kind: 'renew'; readonly process: ProxyProcess; readonly n: number; readonly asked: Asked }
  | { readonly kind: 'since'; readonly process: ProxyProcess; readonly asked: Position }
  | { readonly kind: 'resolve'; readonly process: ProxyProcess; readonly subject: number; readonly token: number }
  | { readonly kind: 'enrol'; readonly process: ProxyProcess; readonly asked: Position }
  | { readonly kind: 'goodbye'; readonly process: ProxyProcess }

export type Message =
  | { readonly proxy: ProxyProcess; readonly replica?: undefined; readonly body: ToProxy; copies: number }
  | { readonly proxy?: undefined; readonly replica: Replica; readonly body: ToReplica; copies: number }

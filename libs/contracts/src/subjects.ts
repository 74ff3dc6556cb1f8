/** Every NATS subject. A request's answer carries the request's nonce; everything is a signed compact JWS (see envelope.ts). */
export const subjects = {
  /** Request, any replica answers: the control plane's public keys, signed, before a proxy trusts it with its join token. */
  hello: 'pgbeam.v1.fleet.hello',
  /** Request: a proxy process registers its keys with a join token. */
  enrol: 'pgbeam.v1.fleet.enrol',
  /** Request, once a second from each proxy: I am here, and this far. */
  renew: 'pgbeam.v1.fleet.renew',
  /** Event from a proxy, heard by every replica: everything up to `applied_seq` is enforced here, and ended so much. Cumulative. */
  ack: 'pgbeam.v1.fleet.ack',
  /** Request: sessions at databases that a proxy has opened, and those that are over. */
  backends: 'pgbeam.v1.fleet.backends',
  /** Request: logins with secrets from before a rotation, counted since the last report. */
  stale: 'pgbeam.v1.fleet.stale',
  /** Request: a share of a budget, to be counted down by the proxy itself. */
  budget: 'pgbeam.v1.budget',
  /** Event from a proxy that stops in good order: its sessions are closed. */
  leave: 'pgbeam.v1.fleet.leave',
  /** Between proxies: a cancel request whose key none of the sender's sessions has (encrypted with the fleet key). */
  cancel: 'pgbeam.v1.fleet.cancel',
  /** Request: the snapshot of one credential. */
  resolve: 'pgbeam.v1.resolve',
  /** Event from the publisher: batches of the enforcement log, in order. */
  enforcement: 'pgbeam.v1.enforcement',
  /** Request: the log behind a position. */
  since: 'pgbeam.v1.enforcement.since',
  /** Request to one proxy: connect to a database and say how it went. */
  probe: (incarnation: string): string => `pgbeam.v1.proxy.${incarnation}.probe`,
  /** Request to one proxy: end sessions at a database that another proxy, which cannot be heard, has opened. */
  terminate: (incarnation: string): string => `pgbeam.v1.proxy.${incarnation}.terminate`,
  /** Request to one proxy: would its canary be let in? */
  canary: (incarnation: string): string => `pgbeam.v1.proxy.${incarnation}.canary`,
  /** Request to one proxy: what would the gate say to a statement? */
  evaluate: (incarnation: string): string => `pgbeam.v1.proxy.${incarnation}.evaluate`,
  /** Request to one proxy: what tables does a database have? */
  schema: (incarnation: string): string => `pgbeam.v1.proxy.${incarnation}.schema`,
  /** Request to one proxy: which columns of a database look as if they should be masked? */
  scan: (incarnation: string): string => `pgbeam.v1.proxy.${incarnation}.scan`,
} as const

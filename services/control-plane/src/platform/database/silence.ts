/**
 * Connections to a server that has fallen silent. TCP goes on trying for a quarter of an hour before it says so, and whoever waits
 * for an answer waits with it. A partition must end in an error, and a new connection, long before.
 */
import type { Socket } from 'node:net'
import type pg from 'pg'

/** No statement of ours is at work for so long without a byte. */
export const SILENCE_MS = 8_000
/** Connections on which nobody waits for anything are tried after so long: what stands between may have forgotten them. */
const KEEPALIVE_AFTER_MS = 10_000

class SilentDatabase extends Error {
  readonly code = 'ETIMEDOUT'
  constructor() {
    super('Connection terminated: the database has fallen silent')
  }
}

/** @param client connected */
export function giveUpOnSilence(client: pg.ClientBase, silenceMs = SILENCE_MS): void {
  const inside = client as unknown as { readonly connection: { readonly stream: Socket }; readonly readyForQuery: boolean; readonly _ending: boolean }
  const { stream } = inside.connection
  stream.setKeepAlive(true, KEEPALIVE_AFTER_MS)
  stream.setTimeout(silenceMs, () => {
    if (!inside.readyForQuery || inside._ending) stream.destroy(new SilentDatabase())
  })
}

/** How much of the log goes into one message. NATS takes 1 MB, and base64 makes a third more of it. */
import type { EnforcementEvent } from '@pgbeam/contracts'

export const batchEventsMax = 1000
const BATCH_BYTES_MAX = 500_000

/** As many events from the front as fit into one message: at least one, if there is one. */
export function fitting(events: readonly EnforcementEvent[], bytesMax = BATCH_BYTES_MAX): EnforcementEvent[] {
  let bytes = 0
  const end = events.findIndex((event, at) => {
    bytes += JSON.stringify(event).length + 1
    return at > 0 && (bytes > bytesMax || at >= batchEventsMax)
  })
  return end === -1 ? [...events] : events.slice(0, end)
}

/** Appends events to the log at a steady rate, as the control plane's own statement does, about a project that nobody measures. */
import pg from 'pg'

const TICK_MS = 10
/** So many transactions late, all that is due goes into one: each waits for the disk with the log's head locked, and a slow disk must not make a small storm. */
const LATE = 5

/**
 * @param {object} options
 * @param {string} options.controlUrl the control plane's database
 * @param {string} options.projectId
 * @param {string[]} options.credentialIds whom the events are about, in turn
 * @param {number} options.perSecond events
 * @param {number} options.perTransaction how many of them commit together, where the disk keeps up
 * @returns `{ stop() }`, which resolves to how many were appended, in how many transactions and seconds
 */
export async function startEventStorm({ controlUrl, projectId, credentialIds, perSecond, perTransaction }) {
  const client = new pg.Client({ connectionString: controlUrl })
  await client.connect()
  const startedAt = performance.now()
  let events = 0
  let transactions = 0
  let stopped = false
  const running = (async () => {
    while (!stopped) {
      // What is due by now goes out, so that a late turn is made up for.
      for (let due = ((performance.now() - startedAt) / 1000) * perSecond - events; due >= perTransaction && !stopped; due -= perTransaction) {
        const count = due > LATE * perTransaction ? Math.floor(due) : perTransaction
        await client.query(
          `SELECT append_enforcement(CASE WHEN n % 2 = 0 THEN 'credential.killed' ELSE 'credential.resumed' END, $1, jsonb_build_object('credential_id', ($2::text[])[1 + n % cardinality($2::text[])])::text)
           FROM generate_series($3::integer, $3::integer + $4::integer - 1) AS n`,
          [projectId, credentialIds, events, count],
        )
        events += count
        due -= count - perTransaction
        transactions++
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS))
    }
  })()
  return {
    async stop() {
      stopped = true
      await running
      const seconds = (performance.now() - startedAt) / 1000
      await client.end()
      return { events, transactions, seconds }
    },
  }
}

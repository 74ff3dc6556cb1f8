/** What is asked of every driver: the same cases directly and through the proxy, a read-only credential, and a revocation. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { waitUntil } from '../../../scripts/lib/processes.mjs'
import { report } from '../measure.js'
import { ClientBench, type Client } from './clients.js'

export interface Expected {
  /** Versions, for the proof document. */
  readonly of: string
  readonly cases: number
  /** Parts of answers that are known beforehand: a driver that sees the same nonsense twice does not pass. */
  readonly known: Record<string, unknown>
  /** Every way to write that this driver has: all refused with 42501. */
  readonly writes: number
  /** Answers that are the proxy's own and not the database's, by case: reasons are in the test. */
  readonly differs?: Record<string, unknown>
}

export function behavesAsDirectly(client: Client, { of, cases, known, writes, differs = {} }: Expected): void {
  describe(of, () => {
    let bench: ClientBench
    beforeAll(async () => {
      bench = await ClientBench.start(client)
    }, 900_000)
    afterAll(() => bench?.stop())

    it('sees through the proxy what it sees directly', async () => {
      const direct = await bench.directly('cases')
      const through = await bench.throughProxy('cases', await bench.createCredential())
      expect(Object.keys(direct)).toHaveLength(cases)
      expect(direct).toMatchObject(known)
      expect(through).toMatchObject(differs)
      expect(through).toEqual({ ...direct, ...Object.fromEntries(Object.keys(differs).map((name) => [name, through[name]])) })
      report(of, `${cases - Object.keys(differs).length} of ${cases} cases equal to direct over TLS with a bound channel; known differences: ${Object.keys(differs).join(', ')}`)
    }, 300_000)

    it('is refused every write by a read-only credential, and goes on', async () => {
      const seen = await bench.throughProxy('read-only', await bench.createCredential('read_only'))
      const { read, ...refused } = seen
      expect(read).toEqual(['item 7'])
      expect(Object.keys(refused)).toHaveLength(writes)
      for (const [name, [answers]] of Object.entries(refused)) {
        const [last, ...codes] = [...(answers as unknown[])].reverse()
        expect({ name, codes, last }).toEqual({ name, codes: codes.map(() => expect.stringMatching(name === 'write in a transaction' ? /^(42501|25P02|worked)$/ : /^42501$/)), last: 'item 7' })
      }
      expect(await bench.onDatabase('SELECT count(*)::int AS n, min(label) AS label FROM item')).toEqual([{ n: 20, label: 'item 1' }])
    }, 120_000)

    it('gets an error when its credential is revoked under a running statement, and cannot log in again', async () => {
      const credential = await bench.createCredential()
      let ready: () => void = () => undefined
      const open = new Promise<void>((resolve) => (ready = resolve))
      const playing = bench.throughProxy('revoke', credential, (name) => (name === 'ready' ? ready() : undefined))
      await Promise.race([open, playing])
      await waitUntil('the statement runs', async () => (await bench.onDatabase("SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep(60)%until revoked%'")).length > 0)
      const startedAt = performance.now()
      await bench.stack.api.delete(credential.path)
      const seen = await playing
      expect(seen).toEqual({ ready: [true], statement: ['57P01'], 'idle connection': [true, true], login: ['28P01', '28P01', '28P01'] })
      expect(performance.now() - startedAt).toBeLessThan(15_000)
      expect(await bench.onDatabase("SELECT FROM pg_stat_activity WHERE usename = 'client_tester'")).toEqual([])
    }, 120_000)
  })
}

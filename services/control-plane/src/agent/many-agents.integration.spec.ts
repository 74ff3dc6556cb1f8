import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Answer, Made } from '../testing/api.js'
import { eventually, TestCluster } from '../testing/environment.js'
import { FakeProxy } from '../testing/fake-proxy.js'
import { makePerson } from '../testing/people.js'

interface Row {
  readonly id: string
  readonly status: string
  readonly version: string
  readonly status_seq: string
  readonly scram_verifier: string | null
  readonly mcp_token_hash: Buffer | null
}
interface Event {
  readonly seq: number
  readonly kind: string
  readonly credential: string
}

let cluster: TestCluster
let made: Made
let proxies: FakeProxy[] = []
beforeAll(async () => {
  cluster = await TestCluster.start(2)
  proxies = await Promise.all([1, 2].map(() => FakeProxy.joined(cluster.keys.join_token)))
}, 60_000)
afterAll(async () => {
  await Promise.all(proxies.map((proxy) => proxy.stop()))
  await cluster?.stop()
}, 30_000)
beforeEach(async () => {
  made = await cluster.api().project(cluster.keys.org_id)
  for (const proxy of proxies) proxy.settles = { sessions: 0, statements: 0 }
})

const many = async (count: number, extra: Record<string, unknown> = {}): Promise<string[]> =>
  (await Promise.all(Array.from({ length: count }, () => cluster.api().agent(made, extra)))).map(({ credential }) => credential.id as string).sort()
const rows = (): Promise<Row[]> => cluster.query<Row>('SELECT * FROM agent_credential WHERE project_id = $1 ORDER BY id', [made.projectId])
const statuses = async (): Promise<string[]> => (await rows()).map(({ status }) => status)
/** What the log has about this project's credentials, except for their creation. */
const events = (): Promise<Event[]> =>
  cluster.query<Event>(`SELECT seq::int, kind, body::json->>'credential_id' AS credential FROM enforcement_event WHERE project_id = $1 AND kind LIKE 'credential.%' AND kind <> 'credential.created' ORDER BY seq`, [made.projectId])
const call = (verb: 'revoke' | 'kill', body: object, headers?: Record<string, string>, replica = 0): Promise<Answer> => cluster.api(replica).post(`${made.path}/agents:${verb}`, body, headers)
const header = (answer: Answer): string => answer.headers.get('pgbeam-enforcement') ?? ''
/** Straight into the table: a thousand of them over HTTP would take a minute. */
const insertCredentials = (count: number): Promise<{ id: string }[]> =>
  cluster.query<{ id: string }>(
    `INSERT INTO agent_credential (id, project_id, policy_profile_id, name, principal_type, auth_method, scram_verifier, mcp_token_hash)
     SELECT 'agt_0' || left(md5($1 || n), 25), $1, $2, 'bot', 'agent', 'scram-sha-256', 'v', decode(md5($1 || n), 'hex') FROM generate_series(1, $3::int) n RETURNING id`,
    [made.projectId, made.policyId, count],
  )

describe('many credentials at once', () => {
  it('are killed and later revoked in one transaction, with an event each and one receipt that adds up what all of them ended', async () => {
    const [a, b] = proxies as [FakeProxy, FakeProxy]
    a.settles = { sessions: 3, statements: 1 }
    b.settles = { sessions: 1, statements: 0 }
    const ids = await many(4)
    const [spared, ...chosen] = ids as [string, ...string[]]
    for (const [verb, kind, status] of [['kill', 'credential.killed', 'killed'], ['revoke', 'credential.revoked', 'revoked']] as const) {
      const before = (await events()).length
      const answer = await call(verb, { ids: [...chosen].reverse() })
      const seq = answer.body.receipt.seq as number
      expect([answer.status, answer.body]).toMatchObject([200, { dry_run: false, agents: chosen, changed: 3, already: 0, receipt: { enforced: true, missing: [] } }])
      expect(header(answer)).toMatch(new RegExp(`^seq=${seq}, enforced, elapsed-ms=\\d+, proxies=2, fenced=0, sessions=12, statements=3$`))
      expect((await events()).slice(before)).toEqual(chosen.map((credential, at) => ({ seq: seq - 2 + at, kind, credential })))
      expect(await statuses()).toEqual(ids.map((id) => (id === spared ? 'active' : status)))
      // Of another replica too, once the counts are stored.
      const stored = await eventually('the stored receipt', async () => {
        const { body } = await cluster.api(1).get(`${made.path}/enforcement/${seq}`)
        return body.proxies.reduce((sum: number, one: { sessions_dropped: number }) => sum + one.sessions_dropped, 0) === 12 ? body : undefined
      })
      expect(stored).toMatchObject({ enforced: true, proxies: answer.body.receipt.proxies.map(({ sessions_dropped, statements_cancelled }: Record<string, number>) => ({ sessions_dropped, statements_cancelled })) })
    }
    const after = (await rows()).filter(({ id }) => id !== spared)
    expect(after.map(({ scram_verifier, mcp_token_hash }) => [scram_verifier, mcp_token_hash])).toEqual(chosen.map(() => [null, null]))
    expect(after.map(({ version, status_seq }) => version === status_seq)).toEqual([true, true, true])
    expect((await cluster.api().patch(`${made.path}/agents/${chosen[0]}`, { status: 'active' })).status).toBe(409)
  })

  it('that are so already stay as they are, and are answered with the receipt of the event that made them so', async () => {
    const ids = await many(3)
    await cluster.api().delete(`${made.path}/agents/${ids[0]}`)
    const first = await call('kill', { ids: [...ids, ...ids] })
    expect(first.body).toMatchObject({ agents: ids.slice(1), changed: 2, already: 1 })
    const log = await events()
    const again = await call('kill', { ids }, {}, 1)
    expect([again.status, again.body]).toMatchObject([200, { agents: [], changed: 0, already: 3, receipt: { seq: first.body.receipt.seq, enforced: true } }])
    expect([await events(), await statuses()]).toEqual([log, ['revoked', 'killed', 'killed']])
  })

  it('are told and left alone by a dry run', async () => {
    const ids = await many(3)
    await cluster.api().patch(`${made.path}/agents/${ids[1]}`, { status: 'killed' })
    const [before, log] = [await rows(), await events()]
    for (const body of [{ ids }, { filter: { principal_type: 'agent' } }]) {
      const answer = await call('kill', { ...body, dry_run: true })
      expect([answer.status, header(answer), answer.body]).toEqual([200, '', { dry_run: true, agents: [ids[0], ids[2]], changed: 2, already: 1, receipt: null }])
    }
    expect((await call('revoke', { ids, dry_run: true })).body).toMatchObject({ agents: ids, changed: 3 })
    expect([await rows(), await events()]).toEqual([before, log])
  })

  it('are all left as they were if one is unknown, or belongs to another project, or cannot be changed', async () => {
    const ids = await many(2)
    const elsewhere = (await cluster.api().agent(await cluster.api().project(cluster.keys.org_id))).credential.id as string
    for (const foreign of ['agt_01jd3v5k8q0000000000000000', elsewhere]) {
      const answer = await call('revoke', { ids: [ids[0], foreign, ids[1]] })
      expect([answer.status, answer.body]).toMatchObject([404, { code: 'NOT_FOUND', errors: [{ field: 'ids.1', code: 'not_found', detail: `no such credential: ${foreign}` }] }])
    }
    await cluster.query(`
      CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id = '${ids[1]}' THEN RAISE EXCEPTION 'not this one'; END IF; RETURN NEW; END $$;
      CREATE TRIGGER refuse_one BEFORE UPDATE ON agent_credential FOR EACH ROW EXECUTE FUNCTION refuse_one()`)
    try {
      expect((await call('revoke', { ids })).status).toBe(500)
    } finally {
      await cluster.query('DROP TRIGGER refuse_one ON agent_credential; DROP FUNCTION refuse_one')
    }
    expect([await statuses(), await events()]).toEqual([['active', 'active'], []])
    expect((await cluster.api().get(`${made.path}/agents/${elsewhere}`)).status).toBe(404)
  })

  it('are chosen by filters, whose conditions all hold, and which leave out what is revoked', async () => {
    const other = (await cluster.api().post(`${made.path}/policies`, { name: 'other' })).body.id as string
    const [old, used, human, revoked] = [await many(1), await many(1, { policy_profile_id: other }), await many(1, { principal_type: 'human' }), await many(1)].flat() as [string, string, string, string]
    await cluster.query(`UPDATE agent_credential SET created_at = '2020-01-01' WHERE id = ANY ($1)`, [[old, used]])
    await cluster.query(`UPDATE agent_credential SET last_used_at = '2021-01-01' WHERE id = $1`, [used])
    await cluster.api().delete(`${made.path}/agents/${revoked}`)
    await cluster.api().patch(`${made.path}/agents/${human}`, { status: 'killed' })
    const cases: [object, string[]][] = [
      [{ policy_profile_id: other }, [used]],
      [{ policy_profile_id: made.policyId }, [old, human]],
      [{ principal_type: 'human' }, [human]],
      [{ principal_type: 'agent', policy_profile_id: made.policyId }, [old]],
      [{ created_before: '2020-01-01T00:00:00.001Z' }, [old, used]],
      [{ created_before: '2020-01-01T00:00:00Z' }, []],
      [{ last_used_before: '2020-06-01T00:00:00+02:00' }, [old]],
      [{ last_used_before: '2021-06-01T00:00:00Z' }, [old, used]],
      [{ last_used_before: '9999-12-31T23:59:59-23:00' }, [old, used, human]],
      [{ last_used_before: '0000-01-01T00:00:00+23:00' }, []],
      [{ status: 'killed' }, [human]],
      [{ status: 'active', created_before: '2100-01-01T00:00:00Z' }, [old, used]],
    ]
    for (const [filter, expected] of cases) {
      const { status, body } = await call('revoke', { filter, dry_run: true })
      expect([filter, status, body.agents]).toEqual([filter, 200, [...expected].sort()])
    }
    const answer = await call('revoke', { filter: { created_before: '2020-06-01T00:00:00Z' } })
    expect(answer.body).toMatchObject({ agents: [old, used].sort(), changed: 2, receipt: { enforced: true } })
    const none = await call('revoke', { filter: { created_before: '2020-06-01T00:00:00Z' } })
    expect([none.status, header(none), none.body]).toEqual([200, '', { dry_run: false, agents: [], changed: 0, already: 0, receipt: null }])
    expect((await call('kill', { filter: { policy_profile_id: 'pol_01jd3v5k8q0000000000000000' } })).status).toBe(404)
  })

  it.each<[string, object, string]>([
    ['neither', {}, ''],
    ['both', { ids: ['agt_01jd3v5k8q0000000000000000'], filter: { status: 'active' } }, ''],
    ['no id', { ids: [] }, 'ids'],
    ['more than a thousand ids', { ids: Array.from({ length: 1001 }, () => 'agt_01jd3v5k8q0000000000000000') }, 'ids'],
    ['what is no id', { ids: ['bot'] }, 'ids.0'],
    ['a filter without a condition, which would mean everything', { filter: {} }, 'filter'],
    ['an unknown condition', { filter: { status: 'active', name: 'bot' } }, 'filter.name'],
    ['what is no instant', { filter: { created_before: 'yesterday' } }, 'filter.created_before'],
    ['an unknown field', { filter: { status: 'active' }, force: true }, 'force'],
  ])('are not chosen by %s', async (_case, body, field) => {
    const answer = await call('kill', body)
    expect([answer.status, answer.body.code, answer.body.errors.map((error: { field: string }) => error.field)]).toEqual([400, 'INVALID_INPUT', [field]])
  })

  it('need not be waited for, and the 202 says which they were', async () => {
    const ids = await many(2)
    const answer = await call('kill', { filter: { status: 'active' } }, { prefer: 'respond-async' })
    expect([answer.status, answer.headers.get('preference-applied'), answer.body]).toMatchObject([202, 'respond-async', { agents: ids, changed: 2, already: 0, dry_run: false }])
    expect(answer.headers.get('location')).toBe(`${made.path}/enforcement/${answer.body.seq}`)
    expect((await events()).at(-1)?.seq).toBe(answer.body.seq)
    await eventually('enforcement', async () => ((await cluster.api(1).get(answer.headers.get('location') ?? '')).body.enforced ? true : undefined))
  })

  it('are enforced once the last event is acknowledged, and not before', async () => {
    const [slow] = proxies as [FakeProxy, FakeProxy]
    const ids = await many(3)
    await slow.until((await cluster.query<{ seq: number }>('SELECT seq::int FROM enforcement_head'))[0]?.seq ?? 0)
    slow.acks = false
    try {
      let answered = false
      const answering = call('kill', { ids }).finally(() => (answered = true))
      const last = await eventually('the events', async () => (await events())[2]?.seq)
      await slow.until(last)
      slow.ack(last - 1)
      await eventually('its word', async () => {
        const { body } = await cluster.api(1).get(`${made.path}/enforcement/${last - 1}`)
        return body.enforced ? true : undefined
      })
      expect([answered, (await cluster.api(1).get(`${made.path}/enforcement/${last}`)).body.missing]).toEqual([false, [slow.incarnation]])
      slow.appliedSeq = last
      slow.ack(last)
      expect(header(await answering)).toMatch(new RegExp(`^seq=${last}, enforced, .*fenced=0`))
    } finally {
      slow.acks = true
    }
  }, 20_000)

  it('stay out of reach of another organization, whose members hear that there is no such project', async () => {
    const ids = await many(1)
    const founder = await makePerson(cluster)
    const theirs = (await founder.api.post('/v1/organizations', { name: 'Theirs' })).body.id as string
    const stranger = await makePerson(cluster, { [theirs]: 'owner' })
    for (const verb of ['revoke', 'kill']) for (const body of [{ ids }, { filter: { status: 'active' } }, { ids, dry_run: true }]) {
      expect((await stranger.api.post(`${made.path}/agents:${verb}`, body)).status).toBe(404)
    }
    expect([await statuses(), await events()]).toEqual([['active'], []])
  })

  it('and single changes of the same ones race without harm: each is revoked once, and nothing comes after that', async () => {
    const ids = await many(20)
    const single = (id: string, at: number): Promise<Answer> => {
      const [api, path] = [cluster.api(at % 2), `${made.path}/agents/${id}`]
      return at % 3 === 0 ? api.delete(path) : at % 3 === 1 ? api.patch(path, { status: 'killed' }) : api.post(`${path}/rotate`)
    }
    const singles = ids.map(single)
    const bulks = [call('revoke', { ids: [...ids].reverse() }), call('kill', { ids }, {}, 1), call('revoke', { filter: { principal_type: 'agent' } }, {}, 1)]
    for (const { status } of await Promise.all(bulks)) expect(status).toBe(200)
    for (const { status } of await Promise.all(singles)) expect([200, 204, 409]).toContain(status)
    const [first, , byFilter] = await Promise.all(bulks)
    expect((first?.body.changed as number) + (first?.body.already as number)).toBe(20)
    expect((first?.body.agents as string[]).filter((id) => (byFilter?.body.agents as string[]).includes(id))).toEqual([])
    const log = await events()
    for (const row of await rows()) {
      const own = log.filter(({ credential }) => credential === row.id)
      expect([row.status, own.filter(({ kind }) => kind === 'credential.revoked').length, own.at(-1)]).toEqual(['revoked', 1, { seq: Number(row.version), kind: 'credential.revoked', credential: row.id }])
    }
  }, 30_000)

  it('may be a thousand in one call, and no more', async () => {
    for (const proxy of proxies) proxy.settles = { sessions: 1, statements: 0 }
    const [extra] = await insertCredentials(1_001)
    for (const dry_run of [true, false]) {
      const refused = await call('revoke', { filter: { status: 'active' }, dry_run })
      expect([refused.status, refused.body.detail]).toEqual([409, '1001 credentials meet the filter, and one call changes at most 1000: narrow it. Nothing was changed'])
    }
    expect(await events()).toEqual([])
    await cluster.query('DELETE FROM agent_credential WHERE id = $1', [extra?.id])
    const answer = await call('revoke', { filter: { status: 'active' } })
    expect([answer.status, answer.body.changed, new Set(await statuses())]).toEqual([200, 1_000, new Set(['revoked'])])
    const log = await events()
    expect([log.length, log.at(-1)?.seq, (log.at(-1)?.seq ?? 0) - (log[0]?.seq ?? 0)]).toEqual([1_000, answer.body.receipt.seq, 999])
    expect(header(answer)).toMatch(/, enforced, .*proxies=2, /)
    // On a slow machine the answer goes ahead of the last counts; the receipt has them all once they are stored.
    await eventually('all counts', async () => {
      const { body } = await cluster.api(1).get(`${made.path}/enforcement/${answer.body.receipt.seq}`)
      return body.proxies.reduce((sum: number, one: { sessions_dropped: number }) => sum + one.sessions_dropped, 0) === 2_000 ? true : undefined
    }, 30_000)
    console.log(`1,000 revoked: ${Math.round(answer.elapsedMs)} ms, of which ${answer.body.receipt.elapsed_ms} ms from the commit until enforced`)
  }, 60_000)
})

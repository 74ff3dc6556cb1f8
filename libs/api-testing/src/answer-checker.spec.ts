import { describe, expect, it } from '@jest/globals'
import { AnswerChecker, type CheckedAnswer } from './answer-checker.js'
import { committedDocument } from './committed-document.js'

const checker = new AnswerChecker(committedDocument())
const policy = {
  id: 'pol_1', project_id: 'prj_1', name: 'p', access_mode: 'read_only', statement_rules: null, table_allowlist: null, table_denylist: null,
  masking_rules: null, row_filters: null, statement_timeout_ms: null, budget_queries_per_hour: null, budget_queries_per_day: null, egress_bytes_per_day: null, max_rows: null, max_affected_rows: null, version: 1, created_at: '2026-01-01T00:00:00.000Z', updated_at: '2026-01-01T00:00:00.000Z',
}
const problem = { type: 'about:blank', title: 'Not Found', status: 404, code: 'NOT_FOUND', detail: 'no', request_id: 'r', errors: [], error: { code: 'NOT_FOUND', message: 'no' } }
const sent = { 'content-type': 'application/json; charset=utf-8', 'x-request-id': 'r', etag: '"a"' }

/** The answer to a read of one policy, with changes. */
const answer = ({ headers = sent, body = policy, ...change }: Partial<Omit<CheckedAnswer, 'headers'>> & { headers?: Record<string, string>; body?: unknown }): CheckedAnswer => ({
  method: 'GET', path: '/v1/projects/prj_1/policies/pol_1', status: 200, text: JSON.stringify(body), ...change, headers: new Headers(headers),
})

describe('an answer', () => {
  it.each<[string, CheckedAnswer]>([
    ['as described', answer({})],
    ['that nothing has changed', answer({ status: 304, text: '' })],
    ['with a problem that is listed', answer({ status: 404, body: problem, headers: { 'content-type': 'application/problem+json', 'x-request-id': 'r' } })],
    ['of a path that is not the API’s', answer({ path: '/metrics', text: 'x' })],
    ['that there is no such address', answer({ path: '/v1/nothing', status: 404, body: problem, headers: { 'content-type': 'application/problem+json' } })],
  ])('%s is right', (_case, given) => {
    expect(checker.wrongIn(given)).toEqual([])
    expect(() => checker.mustBeDescribed(given)).not.toThrow()
  })

  it.each<[string, CheckedAnswer, string]>([
    ['with a status that is not listed', answer({ status: 418 }), 'status 418 is not listed for policyGet'],
    ['with a status of another operation', answer({ status: 201 }), 'status 201 is not listed'],
    ['without a field', answer({ body: { ...policy, name: undefined } }), "body: must have required property 'name'"],
    ['with a field too many', answer({ body: { ...policy, secret: 'x' } }), 'body: must NOT have additional properties'],
    ['with a field of another type', answer({ body: { ...policy, version: '1' } }), 'body/version: must be integer'],
    ['with a date that is none', answer({ body: { ...policy, created_at: 'today' } }), 'body/created_at: must match format "date-time"'],
    ['without its ETag', answer({ headers: { 'content-type': 'application/json', 'x-request-id': 'r' } }), 'header ETag is missing'],
    ['without its request id', answer({ headers: { 'content-type': 'application/json', etag: '"a"' } }), 'header X-Request-Id is missing'],
    ['with a header that nobody described', answer({ headers: { ...sent, 'pgbeam-surprise': '1' } }), 'header pgbeam-surprise is not described'],
    ['of another content type', answer({ headers: { ...sent, 'content-type': 'text/html' } }), 'content type text/html instead of application/json'],
    ['that is no JSON', answer({ text: '{' }), 'a body that is not JSON'],
    ['with a body where there is none', answer({ method: 'DELETE', status: 204 }), 'a body where none is described'],
    ['202 without a place for its receipt', answer({ method: 'DELETE', path: '/v1/projects/prj_1/agents/agt_1', status: 202, body: {} }), 'header Location is missing'],
    ['with a problem that says another status', answer({ status: 403, body: problem, headers: { 'content-type': 'application/problem+json', 'x-request-id': 'r' } }), 'a problem with another status'],
    ['of an address that is none but answers', answer({ path: '/v1/nothing' }), 'status 200 outside every operation'],
  ])('%s is caught', (_case, given, words) => {
    expect(checker.wrongIn(given).join('; ')).toContain(words)
    expect(() => checker.mustBeDescribed(given)).toThrow(words)
  })
})

/**
 * Project, policy and credential of the first screen, made over the public REST API and kept for the next start.
 * What was deleted, revoked or rotated meanwhile is made anew, and said.
 */
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { ApiError } from '../lib/api.mjs'

/** Names one upstream among those that earlier starts used; a changed password is no other database. */
export const targetKey = (database) => `${database.username}@${database.host}:${database.port}/${database.name}`

async function existing(work) {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  }
}

async function ensureProject(api, orgId, database, kept, key) {
  if (kept?.project_id) {
    const project = await existing(() => api.get(`/v1/projects/${kept.project_id}`))
    const path = `/v1/projects/${kept.project_id}/databases/${kept.database_id}`
    const stored = project?.status === 'active' ? await existing(() => api.get(path)) : undefined
    if (stored) {
      // The sample's port may be another one than last time, and a user's database may have another password.
      const { password, port, ssl_mode } = database
      if (key !== 'sample' || stored.port !== port) await api.patch(path, { port, password, ssl_mode })
      return { project, databaseId: kept.database_id }
    }
  }
  const made = await api.post('/v1/projects', { name: key === 'sample' ? 'sample shop' : database.name, org_id: orgId, database })
  return { project: made.project, databaseId: made.database.id }
}

async function ensurePolicy(api, projectId, kept) {
  if (kept?.policy_id && (await existing(() => api.get(`/v1/projects/${projectId}/policies/${kept.policy_id}`)))) return kept.policy_id
  return (await api.post(`/v1/projects/${projectId}/policies`, { name: 'read-only', access_mode: 'read_only' })).id
}

async function issue(api, projectId, policyId) {
  const made = await api.post(`/v1/projects/${projectId}/agents`, { name: 'first-agent', policy_profile_id: policyId })
  return { agent_id: made.credential.id, connection_string: made.connection_string, mcp_url: made.mcp_url, mcp_token: made.mcp_token }
}

/** libpq's parameters for a verified connection, whatever address the first proxy has today. */
export function localConnectionString(text, proxy, caFile) {
  const url = new URL(text)
  url.hostname = proxy.host
  url.port = String(proxy.port)
  url.searchParams.set('sslmode', 'verify-full')
  url.searchParams.set('sslrootcert', caFile)
  return url.toString()
}

/** Logs in as the printed line would. @returns undefined, or the error's SQLSTATE and words */
export async function tryLogin(connectionString, caFile) {
  const url = new URL(connectionString)
  url.search = ''
  const client = new pg.Client({ connectionString: url.toString(), ssl: { ca: readFileSync(caFile, 'utf8') }, connectionTimeoutMillis: 15_000 })
  try {
    await client.connect()
    await client.query('SELECT 1')
    return undefined
  } catch (error) {
    return { code: error.code, message: error.message }
  } finally {
    await client.end().catch(() => { /* it never was open */ })
  }
}

/** @returns what dev.json says about project, policy and credential, and notes for the screen */
export async function ensureCredential({ api, orgId, database, kept, key, proxy, caFile }) {
  const notes = []
  const { project, databaseId } = await ensureProject(api, orgId, database, kept, key)
  const base = `/v1/projects/${project.id}`
  const policyId = await ensurePolicy(api, project.id, kept)
  const agent = kept?.agent_id && kept.project_id === project.id ? await existing(() => api.get(`${base}/agents/${kept.agent_id}`)) : undefined
  let secrets = agent && agent.status !== 'revoked' ? kept : undefined
  if (agent?.status === 'revoked') notes.push('The earlier credential was revoked, which is for ever: here is a new one.')
  if (agent?.status === 'killed') notes.push('This credential is killed (paused): resume it with the line below before you connect.')
  secrets ??= await issue(api, project.id, policyId)
  let connectionString = localConnectionString(secrets.connection_string, proxy, caFile)
  if (agent?.status !== 'killed') {
    let problem = await tryLogin(connectionString, caFile)
    if (problem?.code === '28P01') {
      // Whoever rotated it holds its secrets now: it stays theirs.
      notes.push('The earlier credential was rotated, and its new secrets are not kept here: this is a new one, and the other still works.')
      secrets = await issue(api, project.id, policyId)
      connectionString = localConnectionString(secrets.connection_string, proxy, caFile)
      problem = await tryLogin(connectionString, caFile)
    }
    if (problem) notes.push(`A test login did not work: ${problem.message} (${problem.code ?? 'no SQLSTATE'})`)
  }
  return {
    notes,
    project_id: project.id,
    project_slug: project.slug ?? project.proxy_host?.split('.')[0],
    database_id: databaseId, policy_id: policyId, agent_id: secrets.agent_id,
    connection_string: connectionString, mcp_url: secrets.mcp_url, mcp_token: secrets.mcp_token,
  }
}

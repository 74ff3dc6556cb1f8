/**
 * Row locks, always in this order: project, database, policy, credential; several of a kind in id order. Every change takes
 * them before it decides, so that of two racing changes the second sees what the first did.
 */
import { NotFound } from '../http/errors.js'
import type { Transaction } from './database.js'

/** Keeps a project from being deleted or changed under us. @throws NotFound once it is deleted */
export async function shareProject(tx: Transaction, id: string): Promise<void> {
  const rows = await tx.$queryRaw<object[]>`SELECT FROM project WHERE id = ${id} AND status <> 'deleted' FOR SHARE`
  if (rows.length === 0) throw new NotFound('project')
}

/** Keeps a policy in place while a credential is tied to it. @returns whether it is there */
export async function sharePolicy(tx: Transaction, projectId: string, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<object[]>`SELECT FROM policy_profile WHERE id = ${id} AND project_id = ${projectId} AND deleted_at IS NULL FOR SHARE`
  return rows.length > 0
}

export async function shareDatabase(tx: Transaction, projectId: string, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<object[]>`SELECT FROM database WHERE id = ${id} AND project_id = ${projectId} AND deleted_at IS NULL FOR SHARE`
  return rows.length > 0
}

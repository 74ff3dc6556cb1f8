import { createHmac } from 'node:crypto'
import { hashes, hashSettings, type CompiledPolicy } from '@pgbeam/policy'
import type { Secret } from '@pgbeam/kernel'

/**
 * Settings for hashed masks: the project's key, made of the cluster's secret. Equal values of a project hash alike on every
 * proxy and for ever, and those of two projects never do. (Salts are made of the same secret and of user names, which
 * hold no NUL: no salt is part of a key.)
 */
export function maskKeySettings(policy: CompiledPolicy, clusterSecret: Secret<Buffer>, projectId: string): Readonly<Record<string, string>> {
  if (!hashes(policy)) return {}
  return hashSettings(createHmac('sha256', clusterSecret.reveal()).update(`\0mask\0${projectId}`).digest())
}

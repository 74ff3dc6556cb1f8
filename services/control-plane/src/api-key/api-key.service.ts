import { Injectable } from '@nestjs/common'
import { isId } from '@pgbeam/kernel'
import type { z } from 'zod'
import type { Caller } from '../access/caller.js'
import { AccessReceipts, type AccessReceipt } from '../access/cache/access-receipts.js'
import type { Permission } from '../access/permission.js'
import type { Change } from '../enforcement/change.js'
import { seqParam } from '../enforcement/enforcement.dto.js'
import type { ApiKey } from '../generated/prisma/client.js'
import { Forbidden, NotFound } from '../platform/http/errors.js'
import { pageOf } from '../platform/http/paging.js'
import { positionOf, toPositionToken } from '../platform/http/positions.js'
import {
  toKeyView, type CreateKey, type issuedKey, type keyEventList, type keyList, type KeyView, type ListKeyEvents, type ListKeys, type RotateKey, type rotatedKey, type UsageView,
} from './api-key.dto.js'
import { ApiKeyRepository } from './api-key.repository.js'
import type { KeyOwner } from './issue-key.js'
import { withinLimits } from './limits.js'

@Injectable()
export class ApiKeyService {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly receipts: AccessReceipts,
  ) {}

  /** The person who calls, as the owner of personal keys. @throws Forbidden for an organization's key */
  personal(caller: Caller): KeyOwner {
    if (caller.userId === null) throw new Forbidden('an organization key has no personal keys; its siblings are under /v1/organizations/{organization}/api-keys')
    return { kind: 'personal', userId: caller.userId }
  }

  /** @throws NotFound, Forbidden */
  ofOrganization(caller: Caller, organizationId: string, permission: Permission): KeyOwner {
    caller.mustHave(permission, organizationId)
    return { kind: 'organization', organizationId }
  }

  async create(caller: Caller, owner: KeyOwner, request: CreateKey): Promise<z.infer<typeof issuedKey>> {
    const { name, expires_in_days: lifetimeDays, scopes, project_ids: projectIds, allowed_cidrs: allowedCidrs } = request
    const { row, key } = await this.keys.create(owner, withinLimits(caller.limits, { name, lifetimeDays, scopes, projectIds, allowedCidrs }), caller.actor)
    return { api_key: toKeyView(row), key: key.reveal() }
  }

  async list(owner: KeyOwner, query: ListKeys): Promise<z.infer<typeof keyList>> {
    const { rows, next_page_token } = await this.keys.list(owner, query, pageOf(query, 'ApiKeyId'))
    return { api_keys: rows.map(toKeyView), next_page_token }
  }

  async get(owner: KeyOwner, id: string): Promise<KeyView> {
    return toKeyView(await this.#find(owner, id))
  }

  async rename(caller: Caller, owner: KeyOwner, id: string, name: string): Promise<KeyView> {
    await this.#mayChange(caller, owner, id)
    return toKeyView(await this.keys.rename(owner, id, name, caller.actor))
  }

  async rotate(caller: Caller, owner: KeyOwner, id: string, request: RotateKey): Promise<Change<z.infer<typeof rotatedKey>>> {
    await this.#mayChange(caller, owner, id)
    const change = await this.keys.rotate(owner, id, request.grace_seconds, caller.actor)
    const { row, key, replaced } = change.value
    return { ...change, value: { api_key: toKeyView(row), key: key.reveal(), replaced: toKeyView(replaced) } }
  }

  async revoke(caller: Caller, owner: KeyOwner, id: string): Promise<Change<undefined>> {
    await this.#mayChange(caller, owner, id)
    return this.keys.revoke(owner, id, caller.actor)
  }

  /** What is known about the enforcement of one change to a key of this owner. @throws NotFound */
  async receipt(owner: KeyOwner, seq: string): Promise<AccessReceipt> {
    const number = seqParam.safeParse(seq)
    const receipt = number.success && (await this.keys.isChangeOf(owner, number.data)) ? await this.receipts.current(number.data) : undefined
    if (!receipt) throw new NotFound('change to an API key')
    return receipt
  }

  async usage(owner: KeyOwner, id: string, days: number): Promise<UsageView> {
    const { last_used_at, last_used_ip, last_used_via, last_used_agent } = await this.get(owner, id)
    const rows = await this.keys.usage(id, days)
    return {
      last_used_at,
      last_used_ip,
      last_used_via,
      last_used_agent,
      usage: rows.map(({ day, method, route, requests, failures }) => ({ date: day.toISOString().slice(0, 10), method, route, requests: Number(requests), failures: Number(failures) })),
    }
  }

  async events(owner: KeyOwner, id: string, query: ListKeyEvents): Promise<z.infer<typeof keyEventList>> {
    await this.#find(owner, id)
    const rows = await this.keys.events(id, query.page_size + 1, positionOf(query.page_token))
    const shown = rows.slice(0, query.page_size)
    const last = shown.at(-1)
    return {
      events: shown.map((row) => ({
        seq: Number(row.seq),
        event: row.kind,
        actor_id: row.actorId,
        actor_ip: row.actorAddress,
        detail: row.detail as Record<string, unknown>,
        at: row.at.toISOString(),
      })),
      next_page_token: rows.length > query.page_size && last ? toPositionToken(last.seq) : null,
    }
  }

  async #find(owner: KeyOwner, id: string): Promise<ApiKey> {
    const row = isId('ApiKeyId', id) ? await this.keys.find(owner, id) : null
    if (!row) throw new NotFound('API key')
    return row
  }

  /** A key that is held to less than another neither turns that other into a new one, which it could read, nor ends it. */
  async #mayChange(caller: Caller, owner: KeyOwner, id: string): Promise<void> {
    const { name, lifetimeDays, scopes, projectIds, allowedCidrs } = await this.#find(owner, id)
    if (caller.key?.id !== id) withinLimits(caller.limits, { name, lifetimeDays, scopes, projectIds, allowedCidrs: allowedCidrs.length === 0 ? ['0.0.0.0/0', '::/0'] : allowedCidrs })
  }
}

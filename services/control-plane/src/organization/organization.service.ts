import { Injectable } from '@nestjs/common'
import type { Caller } from '../access/caller.js'
import { brokenRule, ruleInWords } from '../access/key-rules.js'
import type { Role } from '../access/permission.js'
import { EnforcementLog } from '../enforcement/enforcement-log.js'
import type { Organization } from '../generated/prisma/client.js'
import { Forbidden, InvalidState, NotFound } from '../platform/http/errors.js'
import { positionOf, toPositionToken } from '../platform/http/positions.js'
import { toOrganizationView, type AccessEventList, type ConfirmRestore, type CreateOrganization, type ListAccessEvents, type OrganizationView, type PatchOrganization } from './organization.dto.js'
import { OrganizationRepository, type OrganizationSettings } from './organization.repository.js'

@Injectable()
export class OrganizationService {
  constructor(
    private readonly organizations: OrganizationRepository,
    private readonly log: EnforcementLog,
  ) {}

  async create(caller: Caller, request: CreateOrganization): Promise<OrganizationView> {
    if (caller.userId === null) throw new Forbidden('an organization key belongs to its organization and cannot own another; use a personal key or sign in')
    return this.#view(await this.organizations.create(caller.userId, request.name, caller.actor), 'owner')
  }

  async get(caller: Caller, id: string): Promise<OrganizationView> {
    caller.mustHave('organization:read', id)
    const row = await this.organizations.find(id)
    if (!row) throw new NotFound('organization')
    return this.#view(row, caller.roleIn(id))
  }

  async patch(caller: Caller, id: string, request: PatchOrganization): Promise<OrganizationView> {
    caller.mustHave('organization:write', id)
    caller.mustReachAllProjects('change an organization')
    const rules = request.key_rules ?? {}
    // Whoever a rule binds must not be the one who lifts it.
    if (Object.keys(rules).length > 0) caller.mustHave('organization:own', id)
    const settings = present<OrganizationSettings>({
      name: request.name,
      keyLifetimeDaysMax: rules.lifetime_days_max,
      keyExpiryRequired: rules.expiry_required,
      personalKeysAllowed: rules.personal_keys_allowed,
      leakedKeysRevoked: rules.leaked_keys_revoked,
    })
    return this.#view(await this.organizations.change(id, settings, (after) => mustNotLockOut(caller, after), caller.actor), caller.roleIn(id))
  }

  async confirmRestore(caller: Caller, id: string, { log_epoch }: ConfirmRestore): Promise<OrganizationView> {
    caller.mustHave('organization:own', id)
    caller.mustReachAllProjects('confirm what was restored')
    const row = await this.organizations.confirmRestore(id, log_epoch, caller.actor)
    if (!row) throw new InvalidState('the enforcement log has begun another life than this one; read the organization, look at its credentials again, then confirm what it shows')
    return this.#view(row, caller.roleIn(id))
  }

  async #view(row: Organization, role: Role): Promise<OrganizationView> {
    return toOrganizationView(row, role, (await this.log.head()).epoch)
  }

  async events(caller: Caller, id: string, query: ListAccessEvents): Promise<AccessEventList> {
    caller.mustHave('access:read', id)
    const rows = await this.organizations.events(id, query.page_size + 1, positionOf(query.page_token))
    const shown = rows.slice(0, query.page_size)
    const last = shown.at(-1)
    return {
      events: shown.map((row) => ({
        seq: Number(row.seq),
        event: row.kind,
        subject_id: row.subjectId,
        actor_id: row.actorId,
        actor_ip: row.actorAddress,
        detail: row.detail as Record<string, unknown>,
        at: row.at.toISOString(),
      })),
      next_page_token: rows.length > query.page_size && last ? toPositionToken(last.seq) : null,
    }
  }
}

type Optional<T> = { readonly [Name in keyof T]: T[Name] | undefined }

/** What was sent, without what was not. */
function present<T extends object>(fields: Optional<T>): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>
}

/** An owner whose key the new rules would turn away could not take them back with it. */
function mustNotLockOut({ key }: Caller, after: Organization): void {
  if (key === null || key.kind === 'organization') return
  const broken = brokenRule({ lifetimeDaysMax: after.keyLifetimeDaysMax, expiryRequired: after.keyExpiryRequired, personalKeysAllowed: after.personalKeysAllowed }, key)
  if (broken) throw new InvalidState(`with these rules the very key of this request would open the organization no longer (${ruleInWords[broken]}); sign in, or use a key that keeps them`)
}

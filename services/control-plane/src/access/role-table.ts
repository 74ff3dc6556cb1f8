/** What each role is answered by each operation, told from what the routes declare. Pure: docs/roles.md and its test come from it. */
import type { Route } from '../platform/http/route-table.js'
import { isOwnBusiness, mayDo, permissions, type Permission, type Role } from './permission.js'
import { FOR, OR_FOR_ONESELF, PUBLIC, REQUIRES, type IsFor } from './requires.js'

/** Who asks. Owner, admin and member do so with a personal key; a stranger is a person who owns another organization. */
export const actors = ['owner', 'admin', 'member', 'organization_key', 'stranger', 'nobody'] as const
export type Actor = (typeof actors)[number]

/** Whose things it is about: those of the actor's organization, or of another. `none`: of no organization, or of all that the caller has. */
export type Whose = 'own' | 'other' | 'none'

/** `own_only`: on themselves, and on others not. `open`: decided by something else than who asks, such as a password. */
export type Verdict = 'allowed' | 'own_only' | 'open' | 401 | 403 | 404

export interface Operation {
  readonly name: string
  readonly permission: Permission | null
  readonly audience: IsFor['audience'] | null
  readonly orForOneself: boolean
  /** Whether a request names an organization, or something of one. */
  readonly concernsOrganization: boolean
}

/** Names its organization in the body. */
const ORGANIZATION_IN_BODY = ['POST /v1/projects']

export function operationOf({ method, path, controller, handler }: Route): Operation {
  const name = `${method} ${path}`
  const isPublic = Reflect.getMetadata(PUBLIC, handler) === true
  const isFor = (Reflect.getMetadata(FOR, handler) ?? Reflect.getMetadata(FOR, controller)) as IsFor | undefined
  return {
    name,
    permission: isPublic ? null : (Reflect.getMetadata(REQUIRES, handler) as Permission),
    audience: isFor?.audience ?? null,
    orForOneself: Reflect.getMetadata(OR_FOR_ONESELF, handler) === true,
    concernsOrganization: /\{(organization|project)\}/.test(path) || ORGANIZATION_IN_BODY.includes(name),
  }
}

/** A stranger is an owner elsewhere; an organization's key acts as an admin. */
const roleOf: Readonly<Record<Exclude<Actor, 'nobody'>, Role>> = { owner: 'owner', admin: 'admin', member: 'member', organization_key: 'admin', stranger: 'owner' }

export function verdictOf({ permission, audience, orForOneself, concernsOrganization }: Operation, actor: Actor, whose: Whose): Verdict {
  if (permission === null) return 'open'
  if (actor === 'nobody') return 401
  if (audience === 'sessions' || (audience === 'people' && actor === 'organization_key')) return 403
  if (isOwnBusiness(permission)) return 'allowed'
  const holds = mayDo(roleOf[actor], permission)
  const forOneself = orForOneself && actor !== 'organization_key'
  // Who could do it nowhere is told so before anything is looked up.
  if (!holds && !forOneself) return 403
  if (!concernsOrganization) return 'allowed'
  // What belongs to others does not exist.
  if (whose === 'other' || actor === 'stranger') return 404
  return holds ? 'allowed' : 'own_only'
}

/** Every case of an operation. */
export function casesOf(operation: Operation): { actor: Actor; whose: Whose; verdict: Verdict }[] {
  const known = actors.filter((actor) => actor !== 'stranger' && actor !== 'nobody')
  const cases: [Actor, Whose][] = operation.concernsOrganization
    ? [...known.flatMap((actor): [Actor, Whose][] => [[actor, 'own'], [actor, 'other']]), ['stranger', 'other'], ['nobody', 'other']]
    : actors.map((actor): [Actor, Whose] => [actor, 'none'])
  return cases.map(([actor, whose]) => ({ actor, whose, verdict: verdictOf(operation, actor, whose) }))
}

const words: Readonly<Record<string, string>> = { allowed: 'yes', own_only: 'oneself', open: 'open' }
const inWords = (verdict: Verdict): string => words[verdict] ?? String(verdict)

/** docs/roles.md. */
export function rolesDocument(routes: readonly Route[]): string {
  const operations = routes.map(operationOf).sort((a, b) => (a.name < b.name ? -1 : 1))
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const own = (operation: Operation) => (['owner', 'admin', 'member', 'organization_key'] as const).map((actor) => inWords(verdictOf(operation, actor, operation.concernsOrganization ? 'own' : 'none')))
  const others = (operation: Operation) =>
    operation.concernsOrganization ? (['owner', 'admin', 'member', 'organization_key'] as const).map((actor) => inWords(verdictOf(operation, actor, 'other'))) : ['', '', '', '']
  const outside = (operation: Operation) => (['stranger', 'nobody'] as const).map((actor) => inWords(verdictOf(operation, actor, operation.concernsOrganization ? 'other' : 'none')))
  const table = operations.map((operation) => row([`\`${operation.name}\``, operation.permission ?? '', ...own(operation), ...others(operation), ...outside(operation)]))
  const count = operations.reduce((sum, operation) => sum + casesOf(operation).length, 0)
  return [
    '# Roles: who may do what',
    '',
    '<!-- Made from the routes by `npm run roles`; a test tries every cell. -->',
    '',
    `${operations.length} operations, ${count} cases. In one's own organization and in another: owner, admin and member with a personal key that has no scopes`,
    '(a session is answered alike), and an organization key. Then a person who does not belong to it, and a request without a key.',
    '`yes`: goes ahead. `oneself`: on oneself. `open`: asks for something else, such as a password or a signature. Else the status.',
    '',
    row(['operation', 'permission', 'owner', 'admin', 'member', 'org. key', 'other: owner', 'other: admin', 'other: member', 'other: org. key', 'non-member', 'nobody']),
    row(Array.from({ length: 12 }, () => '---')),
    ...table,
    '',
    '## Permissions',
    '',
    row(['permission', 'owner', 'admin', 'member']),
    row(['---', '---', '---', '---']),
    ...permissions.map((permission) => row([permission, ...(['owner', 'admin', 'member'] as const).map((role) => (mayDo(role, permission) ? 'yes' : ''))])),
    '',
  ].join('\n')
}

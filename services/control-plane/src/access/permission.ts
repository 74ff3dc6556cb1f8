/** What a caller may do, by role. */
export const permissions = [
  'self:read',
  'organization:read',
  'project:read',
  'project:write',
  'database:read',
  'database:write',
  'policy:read',
  'policy:write',
  'agent:read',
  'agent:write',
  'enforcement:read',
  'fleet:read',
] as const
export type Permission = (typeof permissions)[number]

export const roles = ['owner', 'admin', 'member'] as const
export type Role = (typeof roles)[number]

const everything: ReadonlySet<Permission> = new Set(permissions)
const granted: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  owner: everything,
  admin: everything,
  // Members look at everything and look after credentials; what credentials may do and reach is others' to decide.
  member: new Set(permissions.filter((permission) => permission.endsWith(':read') || permission === 'agent:write')),
}

export const mayDo = (role: Role, permission: Permission): boolean => granted[role].has(permission)

/** What a caller may do, by role. */
export const permissions = [
  'self:read',
  'self:write',
  'organization:read',
  'organization:write',
  'organization:own',
  'member:read',
  'member:write',
  'access:read',
  'key:read',
  'key:write',
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
  // An organization's keys act as admins: whoever may make one could else make themselves owner.
  admin: new Set(permissions.filter((permission) => permission !== 'organization:own')),
  // Members look at everything but the record of who changed whose access, and look after credentials; what credentials
  // may do and reach is others' to decide.
  member: new Set(permissions.filter((permission) => (permission.endsWith(':read') && permission !== 'access:read') || permission === 'agent:write' || permission === 'self:write')),
}

export const mayDo = (role: Role, permission: Permission): boolean => granted[role].has(permission)

/** What concerns nobody but the caller, and so no organization. */
export const isOwnBusiness = (permission: Permission): boolean => permission === 'self:read' || permission === 'self:write'

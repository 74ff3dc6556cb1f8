/** Which project a client names: by the host that it connects to (SNI), or in its options. */
import { passthroughName, type PassthroughName } from '@pgbeam/contracts'
import { ProtocolViolation } from '@pgbeam/pg-wire'

export class ProjectHosts {
  private readonly before: string
  private readonly after: string
  /** Whether hosts name projects at all. */
  private readonly named: boolean

  /** @param template the names that clients connect to, `{slug}` where the project stands in them; in capitals or not, as DNS has it */
  constructor(template: string) {
    const [before = '', after] = template.toLowerCase().split('{slug}')
    this.named = after !== undefined
    this.before = before
    this.after = after ?? ''
  }

  /** @param servername as TLS has it: a host, or false or nothing where the client sent none */
  slugOf(servername: unknown): string | undefined {
    if (!this.named || typeof servername !== 'string') return undefined
    const host = servername.toLowerCase()
    const { before, after } = this
    if (host.length <= before.length + after.length || !host.startsWith(before) || !host.endsWith(after)) return undefined
    const slug = host.slice(before.length, host.length - after.length)
    return slug.includes('.') ? undefined : slug
  }
}

/** @throws ProtocolViolation where the two are not the same */
export function namedProject(bySni: string | undefined, byOptions: string | undefined): string | undefined {
  if (bySni !== undefined && byOptions !== undefined && bySni !== byOptions)
    throw new ProtocolViolation('the host and options=project=… name two different projects', 'Leave one of them out.', '08P01')
  return byOptions ?? bySni
}

/** What an application names, or undefined where no stored user can be meant. */
export function applicationName(project: string, user: string, database: string): PassthroughName | undefined {
  const parsed = passthroughName.safeParse({ project_slug: project, user, database })
  return parsed.success ? parsed.data : undefined
}

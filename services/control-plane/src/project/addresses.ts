/** Where clients of a project connect. */
import { Inject, Injectable } from '@nestjs/common'
import { CONFIG, type Config } from '../platform/config.js'

const HTTPS_PORT = 443

@Injectable()
export class Addresses {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  proxyHost(slug: string): string {
    return this.config.proxyHostTemplate.replace('{slug}', slug)
  }

  get proxyPort(): number {
    return this.config.proxyPort
  }

  connectionString(slug: string, pgUser: string, password: string, database: string): string {
    return `postgresql://${pgUser}:${password}@${this.proxyHost(slug)}:${this.config.proxyPort}/${encodeURIComponent(database)}`
  }

  mcpUrl(slug: string): string {
    const port = this.config.mcpPort === HTTPS_PORT ? '' : `:${this.config.mcpPort}`
    return `https://${this.proxyHost(slug)}${port}/mcp`
  }
}

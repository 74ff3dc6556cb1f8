/**
 * The first start makes what the API cannot make for itself: an organization, its owner, one key of each kind, a join token, and a link
 * with which the owner signs in for the first time.
 * The file that PGBEAM_BOOTSTRAP_FILE names is the only place where these secrets ever appear.
 */
import { randomBytes } from 'node:crypto'
import { open, rename } from 'node:fs/promises'
import { Inject, Injectable } from '@nestjs/common'
import { makeId } from '@pgbeam/kernel'
import { KeyIssuer, unrestricted } from '../api-key/issue-key.js'
import { JoinTokenService } from '../fleet/join-token.service.js'
import { CONFIG, type Config } from '../platform/config.js'
import { Database } from '../platform/database/database.js'
import { LOGGER, type Logger } from '../platform/logger.js'
import { OwnerLinkService } from '../sign-in/owner-link.service.js'

const LOCK_KEY = 0x70676266

@Injectable()
export class FirstStart {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly db: Database,
    private readonly apiKeys: KeyIssuer,
    private readonly joinTokens: JoinTokenService,
    private readonly ownerLinks: OwnerLinkService,
  ) {}

  async run(): Promise<void> {
    const file = this.config.bootstrapFile
    const made = await this.db.transaction(async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK_KEY})`
      if ((await tx.organization.count()) > 0) return true
      if (file === undefined) return false
      const id = { org: makeId('OrganizationId', Date.now(), randomBytes(10)), user: makeId('UserId', Date.now(), randomBytes(10)) }
      await tx.organization.create({ data: { id: id.org, name: 'My organization', slug: 'my-organization' } })
      await tx.userAccount.create({ data: { id: id.user, name: 'Owner' } })
      await tx.membership.create({ data: { organizationId: id.org, userId: id.user, role: 'owner' } })
      const apiKey = await this.apiKeys.issue(tx, { kind: 'organization', organizationId: id.org }, { ...unrestricted, name: 'First organization key' })
      const personalKey = await this.apiKeys.issue(tx, { kind: 'personal', userId: id.user }, { ...unrestricted, name: 'First personal key' })
      const { token } = await this.joinTokens.create({ expiresAt: null, uses: null }, tx)
      // Before the commit: a crash in between leaves secrets that open nothing, and the next start writes new ones.
      await writePrivately(file, {
        org_id: id.org,
        user_id: id.user,
        api_key: apiKey.key.reveal(),
        personal_key: personalKey.key.reveal(),
        join_token: token.reveal(),
        owner_link: await this.ownerLinks.make(tx, id.user),
      })
      this.logger.info({ org_id: id.org, file }, 'first start: the keys are in the bootstrap file')
      return true
    })
    if (!made) this.logger.warn('there is no organization yet: set PGBEAM_BOOTSTRAP_FILE to a path for the first keys and start again')
  }
}

async function writePrivately(path: string, content: object): Promise<void> {
  const unfinished = `${path}.${randomBytes(6).toString('hex')}.tmp`
  const file = await open(unfinished, 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(content, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(unfinished, path)
}

/** Links with which an owner sets e-mail address and password: at the first start, and by the command `owner-link create`. */
import { Inject, Injectable } from '@nestjs/common'
import type { Secret } from '@pgbeam/kernel'
import { CONFIG, type Config } from '../platform/config.js'
import { Database, type Transaction } from '../platform/database/database.js'
import { SignInRepository } from './sign-in.repository.js'

@Injectable()
export class OwnerLinkService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly db: Database,
    private readonly people: SignInRepository,
  ) {}

  /** The link is good for a day and one use. */
  async make(tx: Transaction, userId: string): Promise<string> {
    // Behind the #, so that it is sent to no server and stands in no log.
    return this.#linkWith(await this.people.makeLink(tx, userId))
  }

  /** For this person, or for the first owner there is. @returns undefined where there is no such person */
  async makeFor(userId: string | undefined): Promise<string | undefined> {
    const owner =
      userId === undefined
        ? await this.db.client.membership.findFirst({ where: { role: 'owner' }, orderBy: { createdAt: 'asc' } })
        : await this.db.client.userAccount.findUnique({ where: { id: userId } }).then((user) => user && { userId: user.id })
    return owner ? this.db.transaction((tx) => this.make(tx, owner.userId)) : undefined
  }

  #linkWith(token: Secret): string {
    return `${this.config.publicUrl}/welcome#${token.reveal()}`
  }
}

import { Global, Module } from '@nestjs/common'
import { APP_GUARD } from '@nestjs/core'
import { AccessChanges } from './access-changes.js'
import { AccessGuard } from './access.guard.js'
import { AccessFollower } from './cache/access-follower.js'
import { AccessReceipts } from './cache/access-receipts.js'
import { KeyLookup } from './key-lookup.repository.js'
import { KeyUsage } from './key-usage.js'
import { KeyVerifier } from './key-verifier.js'

/** Who may call what. */
@Global()
@Module({
  providers: [AccessChanges, AccessFollower, AccessReceipts, KeyLookup, KeyUsage, KeyVerifier, { provide: APP_GUARD, useClass: AccessGuard }],
  exports: [AccessChanges, KeyUsage, KeyVerifier],
})
export class AccessModule {}

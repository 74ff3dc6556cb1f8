import { Global, Module } from '@nestjs/common'
import { APP_GUARD } from '@nestjs/core'
import { AccessChanges } from './access-changes.js'
import { AccessGuard } from './access.guard.js'
import { AccessFollower } from './cache/access-follower.js'
import { AccessReceipts } from './cache/access-receipts.js'
import { ReplicasRepository } from './cache/replicas.repository.js'
import { KeyLookup } from './key-lookup.repository.js'
import { KeyUsage } from './key-usage.js'
import { KeyUsageRepository } from './key-usage.repository.js'
import { KeyVerifier } from './key-verifier.js'
import { RateLimits } from './rate-limits.js'
import { SessionLookup } from './session/session-lookup.js'
import { SessionVerifier } from './session/session-verifier.js'

/** Who may call what. */
@Global()
@Module({
  providers: [
    AccessChanges, AccessFollower, AccessGuard, AccessReceipts, KeyLookup, KeyUsage, KeyUsageRepository, KeyVerifier, RateLimits, ReplicasRepository,
    SessionLookup, SessionVerifier,
    { provide: APP_GUARD, useExisting: AccessGuard },
  ],
  exports: [AccessChanges, AccessGuard, AccessReceipts, KeyUsage, KeyVerifier, SessionVerifier],
})
export class AccessModule {}

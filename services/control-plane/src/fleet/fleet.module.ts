import { Module } from '@nestjs/common'
import { BudgetHandlers } from '../budget/budget.handlers.js'
import { BudgetRepository } from '../budget/budget.repository.js'
import { BudgetService } from '../budget/budget.service.js'
import { CanaryAsking } from '../canary/canary-asking.js'
import { CanaryRepository } from '../canary/canary.repository.js'
import { CanaryService } from '../canary/canary.service.js'
import { EarlierLives } from '../enforcement/earlier-lives.js'
import { EnforcementLog } from '../enforcement/enforcement-log.js'
import { EnforcementPublisher } from '../enforcement/publisher.js'
import { ReceiptService } from '../enforcement/receipt.service.js'
import { ResolveHandlers } from '../resolve/resolve.handlers.js'
import { ResolveRepository } from '../resolve/resolve.repository.js'
import { ResolveService } from '../resolve/resolve.service.js'
import { RetiredKeysRepository } from '../stale-secret/retired-keys.repository.js'
import { StaleSecretHandlers } from '../stale-secret/stale-secret.handlers.js'
import { StaleSecretRepository } from '../stale-secret/stale-secret.repository.js'
import { StaleSecretService } from '../stale-secret/stale-secret.service.js'
import { Acknowledgements } from './acknowledgements.js'
import { Answering } from './answering.js'
import { AskProxy } from './ask-proxy.js'
import { BackendReports } from './backend-reports.js'
import { DatabaseQuestions } from './database-questions.js'
import { FleetHandlers } from './fleet.handlers.js'
import { FleetRegistry } from './fleet-registry.js'
import { FleetRepository } from './fleet.repository.js'
import { FleetService } from './fleet.service.js'
import { Forgetting } from './forgetting.js'
import { JoinTokenService } from './join-token.service.js'
import { PassthroughHoldings } from './passthrough-holdings.repository.js'
import { ProxiesController } from './proxies.controller.js'
import { Settlements } from './settlements.js'
import { Terminations } from './terminations.js'
import { UpstreamBackendsRepository } from './upstream-backends.repository.js'

/** The control plane's side of NATS: the log, its publisher, the proxies and what they ask. */
@Module({
  controllers: [BudgetHandlers, FleetHandlers, ProxiesController, ResolveHandlers, StaleSecretHandlers],
  providers: [
    Acknowledgements, Answering, AskProxy, BackendReports, BudgetRepository, BudgetService, CanaryAsking, CanaryRepository, CanaryService, DatabaseQuestions, EarlierLives, EnforcementLog, EnforcementPublisher, FleetRegistry,
    FleetRepository, FleetService, Forgetting, JoinTokenService, PassthroughHoldings, ReceiptService, ResolveRepository, ResolveService, RetiredKeysRepository, Settlements,
    StaleSecretRepository, StaleSecretService, Terminations, UpstreamBackendsRepository,
  ],
  exports: [CanaryService, DatabaseQuestions, EnforcementLog, FleetRepository, JoinTokenService, ReceiptService, RetiredKeysRepository],
})
export class FleetModule {}

import { Module, type DynamicModule } from '@nestjs/common'
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core'
import { AccessModule } from './access/access.module.js'
import { ApiKeyModule } from './api-key/api-key.module.js'
import { FirstStart } from './first-start/first-start.service.js'
import { FleetModule } from './fleet/fleet.module.js'
import { HealthModule } from './health/health.module.js'
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.js'
import { IdempotencyModule } from './idempotency/idempotency.module.js'
import { BodyInterceptor } from './platform/http/body.interceptor.js'
import { ProblemFilter } from './platform/http/problem.filter.js'
import { ResourceInterceptor } from './platform/http/resource.interceptor.js'
import { OrganizationModule } from './organization/organization.module.js'
import { LeakScanningModule } from './leak-scanning/leak-scanning.module.js'
import { PlatformModule, type Platform } from './platform/platform.module.js'
import { ProjectModule } from './project/project.module.js'
import { SignInModule } from './sign-in/sign-in.module.js'

/** What answers over HTTP and NATS. */
export const features = [AccessModule, ApiKeyModule, FleetModule, HealthModule, IdempotencyModule, LeakScanningModule, OrganizationModule, ProjectModule, SignInModule]

@Module({})
export class AppModule {
  static of(platform: Platform): DynamicModule {
    return {
      module: AppModule,
      imports: [PlatformModule.of(platform), ...features],
      providers: [
        FirstStart,
        { provide: APP_FILTER, useClass: ProblemFilter },
        // In this order: the body is read, a repetition is recognised, and only then does anything happen.
        { provide: APP_INTERCEPTOR, useClass: BodyInterceptor },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
        { provide: APP_INTERCEPTOR, useClass: ResourceInterceptor },
      ],
    }
  }
}

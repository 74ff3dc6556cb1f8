import { Module } from '@nestjs/common'
import { FleetModule } from '../fleet/fleet.module.js'
import { ProjectModule } from '../project/project.module.js'
import { GithubController } from './github.controller.js'
import { GithubKeys } from './github-keys.js'
import { LeakedSecretsRepository } from './leaked-secrets.repository.js'
import { LeakedSecrets } from './leaked-secrets.service.js'

@Module({ imports: [FleetModule, ProjectModule], controllers: [GithubController], providers: [GithubKeys, LeakedSecrets, LeakedSecretsRepository] })
export class LeakScanningModule {}

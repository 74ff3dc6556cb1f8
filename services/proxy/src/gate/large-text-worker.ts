/** The worker behind large-texts.ts. */
import { parentPort } from 'node:worker_threads'
import { decide, loadParser, type Catalog } from '@pgbeam/policy'
import type { Job } from './large-texts.js'

/** The word that large-texts.ts waits for. */
const STARTED = 'started'

let catalog: Catalog | undefined
const loaded = loadParser()

parentPort?.on('message', (job: Job) => {
  void loaded.then(() => {
    if (job.catalog) catalog = job.catalog
    parentPort?.postMessage(STARTED) // sent before the work begins, so that only the work is timed
    const used = catalog?.version === job.catalogVersion ? catalog : undefined
    parentPort?.postMessage(
      decide(job.text, {
        policy: job.policy, catalog: used, catalogIsFresh: job.catalogIsFresh ?? false, protocol: job.protocol, parameterTypes: job.parameterTypes,
      }),
    )
  })
})

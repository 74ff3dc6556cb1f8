import { readFileSync } from 'node:fs'
import type { OpenApi } from './document.js'

/** The OpenAPI document of this repository, as it is committed. */
export const committedDocument = (): OpenApi => JSON.parse(readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8')) as OpenApi

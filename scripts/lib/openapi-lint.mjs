/** Redocly's recommended rules and Spectral's rules for OpenAPI, over one document. Neither asks the network. */
import { readFileSync } from 'node:fs'
import { createConfig, lint } from '@redocly/openapi-core'
import spectralCore from '@stoplight/spectral-core'
import spectralParsers from '@stoplight/spectral-parsers'
import spectralRulesets from '@stoplight/spectral-rulesets'

const { Document, Spectral } = spectralCore
const { Json } = spectralParsers
const { oas } = spectralRulesets

/** @returns {Promise<string[]>} a line for each thing that either linter finds, warnings too */
export async function lintOpenApi(file) {
  return [...(await redocly(file)), ...(await spectral(file))]
}

async function redocly(file) {
  const config = await createConfig({ extends: ['recommended'] })
  return (await lint({ ref: file, config })).map(({ ruleId, message, location }) => `redocly ${ruleId}: ${message} at ${location[0]?.pointer ?? '#/'}`)
}

async function spectral(file) {
  const linter = new Spectral()
  linter.setRuleset({ extends: [[oas, 'recommended']] })
  return (await linter.run(new Document(readFileSync(file, 'utf8'), Json, file))).map(({ code, message, path }) => `spectral ${code}: ${message} at ${path.join('/')}`)
}

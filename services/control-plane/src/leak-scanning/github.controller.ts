/** Where GitHub's secret scanning reports secrets of ours that it found. Its signature is what lets it in. */
import { createHash } from 'node:crypto'
import { Controller, HttpCode, Post, Req } from '@nestjs/common'
import express from 'express'
import type { Request, Response } from 'express'
import { z } from 'zod'
import { Public } from '../access/requires.js'
import { InvalidInput, Unauthorized } from '../platform/http/errors.js'
import { Answers } from '../platform/http/openapi.js'
import { GithubKeys } from './github-keys.js'
import { LeakedSecrets } from './leaked-secrets.service.js'

const BODY_BYTES_MAX = 256_000
const FINDS_MAX = 100
const TEXT_CHARS_MAX = 1_000

const alert = z
  .array(z.object({ token: z.string().max(TEXT_CHARS_MAX), type: z.string().max(100), url: z.string().max(TEXT_CHARS_MAX).nullish(), source: z.string().max(100).nullish() }))
  .max(FINDS_MAX)
const labels = z.array(z.strictObject({ token_hash: z.string().describe('SHA-256, base64'), token_type: z.string(), label: z.enum(['true_positive', 'false_positive']) }))

const raw = express.raw({ type: () => true, limit: BODY_BYTES_MAX })

@Controller('v1/github/secret-scanning')
export class GithubController {
  constructor(
    private readonly keys: GithubKeys,
    private readonly secrets: LeakedSecrets,
  ) {}

  @Post()
  @HttpCode(200)
  @Public()
  @Answers({ id: 'leakedSecretsReport', summary: 'Report secrets found in public (for GitHub, which signs what it sends)', description: 'A key of ours is revoked, a credential paused. Signed with one of the keys that GitHub publishes.', 200: labels, body: alert, problems: [401] })
  async report(@Req() request: Request): Promise<z.infer<typeof labels>> {
    const keyId = request.get('github-public-key-identifier')
    const signature = request.get('github-public-key-signature')
    if (!keyId || !signature) throw new Unauthorized('this address takes what GitHub has signed: Github-Public-Key-Identifier and Github-Public-Key-Signature are missing')
    const bytes = await bodyOf(request)
    if (!(await this.keys.signed(bytes, keyId, signature))) throw new Unauthorized('GitHub did not sign this')
    const answer: z.infer<typeof labels> = []
    for (const { token, type, url, source } of parse(bytes)) {
      const ours = await this.secrets.found({ token, url: url ?? null, source: source ?? null })
      answer.push({ token_hash: createHash('sha256').update(token).digest('base64'), token_type: type, label: ours ? 'true_positive' : 'false_positive' })
    }
    return answer
  }
}

/** The bytes as they came: the signature is over these, not over what they mean. */
function bodyOf(request: Request): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    raw(request, request.res as Response, (error?: unknown) => {
      if (error !== undefined) return reject(error instanceof Error ? error : new Error('the body could not be read'))
      const body: unknown = request.body
      resolve(Buffer.isBuffer(body) ? body : Buffer.alloc(0))
    })
  })
}

function parse(bytes: Buffer): z.infer<typeof alert> {
  try {
    return alert.parse(JSON.parse(bytes.toString('utf8')))
  } catch {
    throw new InvalidInput(`the body is not an array of at most ${FINDS_MAX} objects {token, type, url, source}`)
  }
}

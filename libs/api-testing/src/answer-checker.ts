/** Holds answers of the API against its OpenAPI document: the status must be listed, headers and body as they are described. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { findOperation, type OpenApi, type Response } from './document.js'

export interface CheckedAnswer {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly headers: Headers
  /** As it came. */
  readonly text: string
}

/** Headers that must be described where they are sent. Others are the connection's, or the same everywhere. */
const described = /^(etag|location|link|retry-after|preference-applied|idempotency-replayed|ratelimit.*|x-.*|pgbeam-.*)$/
/** Headers that must be sent where they are described. The others depend on the moment. */
const required = ['X-Request-Id', 'ETag', 'Location']
const PROBLEM = 'application/problem+json'
/** What an address that is none, or a method that it does not take, is answered with. */
const outside = [400, 404, 405]

export class AnswerChecker {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false })
  readonly #validators = new Map<string, ValidateFunction>()

  constructor(private readonly document: OpenApi) {
    addFormats.default(this.#ajv)
    this.#ajv.addSchema(document, 'api')
  }

  /** @throws Error that says all that is wrong with the answer */
  mustBeDescribed(answer: CheckedAnswer): void {
    const wrong = this.wrongIn(answer)
    if (wrong.length > 0) throw new Error(`the answer to ${answer.method} ${answer.path} is not as docs/openapi.json describes it:\n  ${wrong.join('\n  ')}\n  ${answer.status} ${answer.text.slice(0, 500)}`)
  }

  /** What is not as described; nothing for a path that is not the API's, such as /metrics. */
  wrongIn(answer: CheckedAnswer): string[] {
    if (!answer.path.startsWith('/v1')) return []
    const found = findOperation(this.document, answer.method, answer.path)
    if (!found?.operation) return outside.includes(answer.status) ? this.#body('/components/responses/Problem', this.document.components.responses['Problem'] ?? {}, answer) : [`status ${answer.status} outside every operation`]
    const listed = found.operation.responses[answer.status]
    if (!listed) return [`status ${answer.status} is not listed for ${found.operation.operationId}`]
    const pointer = listed.$ref === undefined ? `/paths/${escaped(found.path)}/${answer.method.toLowerCase()}/responses/${answer.status}` : listed.$ref.slice(1)
    const response = listed.$ref === undefined ? listed : (this.document.components.responses[listed.$ref.split('/').at(-1) ?? ''] ?? {})
    return [...headersWrong(response, answer), ...this.#body(pointer, response, answer)]
  }

  #body(pointer: string, response: Response, { status, headers, text }: CheckedAnswer): string[] {
    const types = Object.keys(response.content ?? {})
    if (types.length === 0) return text === '' ? [] : ['a body where none is described']
    const type = (headers.get('content-type') ?? '').split(';')[0] ?? ''
    if (!types.includes(type)) return [`content type ${type || '(none)'} instead of ${types.join(', ')}`]
    let body: unknown
    try {
      body = JSON.parse(text)
    } catch {
      return ['a body that is not JSON']
    }
    const validate = this.#validator(`${pointer}/content/${escaped(type)}/schema`)
    const wrong = validate(body) ? [] : (validate.errors ?? []).map(({ instancePath, message, params }) => `body${instancePath}: ${message} ${JSON.stringify(params)}`)
    if (type === PROBLEM && (body as { status?: unknown }).status !== status) wrong.push('a problem with another status than its answer')
    return wrong
  }

  #validator(pointer: string): ValidateFunction {
    let validate = this.#validators.get(pointer)
    if (!validate) this.#validators.set(pointer, (validate = this.#ajv.compile({ $ref: `api#${pointer}` })))
    return validate
  }
}

function headersWrong(response: Response, { headers }: CheckedAnswer): string[] {
  const known = Object.keys(response.headers ?? {})
  const lower = known.map((name) => name.toLowerCase())
  const undescribed = [...headers.keys()].filter((name) => described.test(name) && !lower.includes(name)).map((name) => `header ${name} is not described`)
  const missing = required.filter((name) => known.includes(name) && !headers.has(name)).map((name) => `header ${name} is missing`)
  return [...undescribed, ...missing]
}

const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1')

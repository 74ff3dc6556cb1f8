/** Checks a body, query or parameter against its schema. The OpenAPI document is made from the very same schemas. */
import type { PipeTransform } from '@nestjs/common'
import type { z } from 'zod'
import { InvalidInput, type FieldError } from './errors.js'

export class ZodPipe<Schema extends z.ZodType> implements PipeTransform<unknown, z.output<Schema>> {
  constructor(readonly schema: Schema) {}

  transform(value: unknown): z.output<Schema> {
    const parsed = this.schema.safeParse(value === undefined ? {} : value)
    if (parsed.success) return parsed.data
    const errors = parsed.error.issues.flatMap(fieldErrors)
    const [first] = errors
    throw new InvalidInput(first ? `${first.field || 'body'}: ${first.detail}` : 'the request is malformed', errors)
  }
}

/** Made where it is used: `@Body(checked(createAgent)) body: CreateAgent`. */
export const checked = <Schema extends z.ZodType>(schema: Schema): ZodPipe<Schema> => new ZodPipe(schema)

/** Zod's own words name JavaScript's `undefined`, which nobody who writes JSON has sent. */
function words(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type') return issue.message
  return issue.message === `Invalid input: expected ${issue.expected}, received undefined` ? 'is missing' : issue.message.replace('Invalid input: expected', 'must be of type').replace(', received', ', not')
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const field = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: [field, key].filter(Boolean).join('.'), code: 'unknown_field', detail: 'unknown field' }))
  }
  const code = (issue.code === 'custom' && (issue.params?.['code'] as string | undefined)) || issue.code
  return [{ field, code, detail: words(issue) }]
}

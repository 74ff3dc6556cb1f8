import { describe, expect, it } from '@jest/globals'
import { errorResponse } from './backend.js'

const fieldsOf = (frame: Buffer): string[] => frame.toString('utf8', 5).split('\0').filter(Boolean)

describe('errorResponse', () => {
  const error = { severity: 'ERROR', sqlState: '42601', message: 'syntax error' } as const
  it('says where in the statement the error is', () => {
    expect(fieldsOf(errorResponse({ ...error, position: 8 }))).toContain('P8')
  })
  it('says nothing about a place that nobody knows', () => {
    expect(fieldsOf(errorResponse(error)).filter((field) => field.startsWith('P'))).toEqual([])
  })
})

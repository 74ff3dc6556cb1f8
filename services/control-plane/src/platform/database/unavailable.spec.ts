import { expect, it } from '@jest/globals'
import { isUnavailable, Prisma } from './database.js'

const withCode = (code: string) => Object.assign(new Error('x'), { code })
const known = (code: string) => new Prisma.PrismaClientKnownRequestError('x', { code, clientVersion: '7' })

it.each<[string, unknown, boolean]>([
  ['a connection on which the database fell silent', Object.assign(new Error('Connection terminated: the database has fallen silent'), { code: 'ETIMEDOUT' }), true],
  ['what the adapter makes of that', Object.assign(new Error('SocketTimeout'), { name: 'DriverAdapterError', cause: { kind: 'SocketTimeout' } }), true],
  ['what Prisma makes of that', known('P1008'), true],
  ['what Prisma passes on of that', known('ETIMEDOUT'), true],
  ['a connection that was found broken', new Error('Client has encountered a connection error and is not queryable'), true],
  ['an answer that did not come', new Error('Query read timeout'), true],
  ['a pool that has none left', new Error('timeout exceeded when trying to connect'), true],
  ['a server that shuts down', withCode('57P01'), true],
  ['a row that must be unique', known('P2002'), false],
  ['a wrong statement', withCode('42601'), false],
  ['nothing', undefined, false],
])('the database cannot be reached: %s', (_case, error, unavailable) => {
  expect(isUnavailable(error)).toBe(unavailable)
})

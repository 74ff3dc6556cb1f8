import { expect, it } from '@jest/globals'
import { judge } from './jest-run.mjs'

const result = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, numRuntimeErrorTestSuites: 0 }

it.each([
  ['all passed', {}, 0, 3, 0],
  ['one failed', { numFailedTests: 1 }, 1, 3, 1],
  ['a skipped test', { numPendingTests: 1 }, 0, 3, 1],
  ['a todo', { numTodoTests: 2 }, 0, 3, 2],
  ['a file that does not load', { numRuntimeErrorTestSuites: 1 }, 1, 3, 1],
  ['no test at all', { numPassedTests: 0 }, 0, 0, 1],
  ['a bad exit with good tests', {}, 1, 3, 1],
])('judge counts %s', (_case, change, code, passed, failed) => {
  expect(judge('unit', { ...result, ...change }, code)).toMatchObject({ passed, failed })
})

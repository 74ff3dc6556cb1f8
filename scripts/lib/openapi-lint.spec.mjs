import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import { committedPath } from './openapi.mjs'
import { lintOpenApi } from './openapi-lint.mjs'

it('the committed document has nothing that a linter finds, and both linters see what is wrong with another', async () => {
  expect(await lintOpenApi(committedPath)).toEqual([])
  const broken = JSON.parse(readFileSync(committedPath, 'utf8'))
  const { get, post } = broken.paths['/v1/projects']
  post.operationId = get.operationId
  get.tags = ['nowhere']
  const file = join(mkdtempSync(join(tmpdir(), 'pgbeam-openapi-')), 'broken.json')
  writeFileSync(file, JSON.stringify(broken))
  const found = (await lintOpenApi(file)).join('\n')
  expect(found).toContain('redocly operation-operationId-unique')
  expect(found).toContain('spectral operation-operationId-unique')
  expect(found).toContain('spectral operation-tag-defined')
}, 30_000)

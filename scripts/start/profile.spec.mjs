import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { writeProfile } from './profile.mjs'

let home
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'pgbeam-profile-'))))
afterEach(() => rmSync(home, { recursive: true, force: true }))

const dev = { api_url: 'http://localhost:7400', personal_key: 'pbu_x', org_id: 'org_1', project_id: 'prj_1', ca_file: '/ca.pem' }
const write = (more = {}) => writeProfile({ dev: { ...dev, ...more }, folder: '/clone', env: {}, home })
const file = () => join(home, '.config/pgbeam/config.json')
const read = () => JSON.parse(readFileSync(file(), 'utf8'))
const put = (config) => {
  mkdirSync(join(file(), '..'), { recursive: true })
  writeFileSync(file(), typeof config === 'string' ? config : JSON.stringify(config))
}

it('a first start makes the profile the current one, readable by its owner only', () => {
  expect(write()).toEqual({ prefix: 'npx pgbeam' })
  expect(read()).toEqual({ current: 'local', profiles: { local: { api_url: dev.api_url, api_key: 'pbu_x', org_id: 'org_1', project_id: 'prj_1', ca_file: '/ca.pem', managed_by: '/clone' } } })
  expect(statSync(file()).mode & 0o777).toBe(0o600)
  expect(statSync(join(file(), '..')).mode & 0o777).toBe(0o700)
})

it('the next start renews it', () => {
  write()
  write({ personal_key: 'pbu_y' })
  expect(read().profiles.local.api_key).toBe('pbu_y')
})

it("a person's own profile of that name stays as it is", () => {
  put({ current: 'local', profiles: { local: { api_url: 'https://mine', api_key: 'pbu_mine' } } })
  const { prefix, note } = write()
  expect(read().profiles.local).toEqual({ api_url: 'https://mine', api_key: 'pbu_mine' })
  expect(note).toMatch(/left alone/)
  expect(prefix).toMatch(/PGBEAM_TOKEN=\$\(node/)
})

it("a person's choice of another profile stays, and the lines name this one", () => {
  put({ current: 'work', profiles: { work: { api_url: 'https://work', api_key: 'pbu_work' } } })
  expect(write()).toEqual({ prefix: 'npx pgbeam --profile local' })
  expect(read()).toMatchObject({ current: 'work', profiles: { work: { api_key: 'pbu_work' }, local: { api_key: 'pbu_x' } } })
})

it('a broken file is left alone, and said', () => {
  put('{')
  expect(write().note).toMatch(/No profile for pgbeam was written/)
  expect(readFileSync(file(), 'utf8')).toBe('{')
})

import { expect, it } from '@jest/globals'
import { applicationName, namedProject, ProjectHosts } from './named-project.js'
import { readStartupRequest } from './startup-request.js'

it.each<[string, string, unknown, string | undefined]>([
  ['the host of a project', '{slug}.proxy.localhost', 'shop-1a2b.proxy.localhost', 'shop-1a2b'],
  ['a host in capitals', '{slug}.Proxy.localhost', 'SHOP-1a2b.PROXY.localhost', 'shop-1a2b'],
  ['a host with a prefix', 'db-{slug}.example.com', 'db-shop.example.com', 'shop'],
  ['a host of more labels', '{slug}.proxy.localhost', 'a.b.proxy.localhost', undefined],
  ['a host that is not ours', '{slug}.proxy.localhost', 'shop.example.com', undefined],
  ['the domain alone', '{slug}.proxy.localhost', '.proxy.localhost', undefined],
  ['a laptop', '{slug}.proxy.localhost', 'localhost', undefined],
  ['no name at all', '{slug}.proxy.localhost', false, undefined],
  ['one host for all projects', 'db.example.com', 'db.example.com', undefined],
])('%s names its project or none', (_case, template, servername, slug) => expect(new ProjectHosts(template).slugOf(servername)).toBe(slug))

it('the options name it as well, and the same one twice is one', () => {
  expect([namedProject(undefined, undefined), namedProject('a', undefined), namedProject(undefined, 'b'), namedProject('a', 'a')]).toEqual([undefined, 'a', 'b', 'a'])
})
it('two different projects are refused, whether they exist or not', () => expect(() => namedProject('a', 'b')).toThrow(/two different projects/))

it.each([
  ['project=shop', 'shop', {}],
  ['project=shop -c search_path=app', 'shop', { search_path: 'app' }],
  ['-c work_mem=8MB project=shop --statement-timeout=5', 'shop', { work_mem: '8MB', statement_timeout: '5' }],
  ['-c project=shop', 'shop', {}],
  ['-c search_path=app', undefined, { search_path: 'app' }],
])('options=%s names the project beside settings, and is none itself', (options, project, settings) => {
  const request = readStartupRequest({ minor: 0, parameters: new Map([['user', 'app'], ['options', options]]) })
  expect([request.project, Object.fromEntries(request.settings)]).toEqual([project, settings])
})

it.each([
  ['a slug in capitals', 'Shop', 'app', 'shop'],
  ['a slug with a dot', 'a.b', 'app', 'shop'],
  ['a slug with what separates the parts of a key', 'a\0app', 'app', 'shop'],
  ['an endless slug', 'a'.repeat(64), 'app', 'shop'],
  ['an endless user', 'shop', 'a'.repeat(64), 'shop'],
  ['an endless database', 'shop', 'app', 'a'.repeat(64)],
])('%s is nobody, and is not asked for', (_case, project, user, database) => expect(applicationName(project, user, database)).toBeUndefined())

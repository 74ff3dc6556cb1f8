import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { findProject, linkFile, nearestLink, writeLink, type ProjectSources } from './project-lookup.js'

const id = (letter: string): string => `prj_01m80r42n4g96vhbaeps43mrs${letter}`
const shop = { id: id('a'), name: 'Shop', slug: 'shop' }
const blog = { id: id('b'), name: 'Blog', slug: 'blog' }

let root: string
let cwd: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pgbeam-link-'))
  cwd = join(root, 'a/b/c')
  mkdirSync(cwd, { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))
const find = (sources: Partial<ProjectSources> = {}) =>
  findProject({ flag: undefined, variable: undefined, cwd, profileDefault: undefined, list: async () => [shop, blog], ...sources })

describe('a project is found', () => {
  // Each row has everything that comes behind it as well, so the order is what is tested.
  const profile = { profileDefault: id('p') }
  const link = (): void => void writeLink(join(root, 'a'), { ...shop, id: id('k') })
  it('by --project before all', async () => {
    link()
    expect(await find({ flag: id('f'), variable: id('v'), ...profile })).toEqual({ id: id('f'), from: '--project' })
  })
  it('then by PGBEAM_PROJECT', async () => {
    link()
    expect(await find({ variable: id('v'), ...profile })).toEqual({ id: id('v'), from: 'PGBEAM_PROJECT' })
  })
  it('then by the nearest linked folder upwards', async () => {
    link()
    writeLink(root, { ...shop, id: id('z') })
    expect(await find(profile)).toEqual({ id: id('k'), from: linkFile(join(root, 'a')) })
  })
  it("then by the profile's default", async () => expect(await find(profile)).toEqual({ id: id('p'), from: 'the profile' }))
  it('then because it is the only one', async () => expect(await find({ list: async () => [blog] })).toEqual({ id: blog.id, from: 'the only project' }))
  it.each([['slug', 'blog'], ['name', 'Blog'], ['id', blog.id]])('by its %s', async (_case, flag) => expect((await find({ flag })).id).toBe(blog.id))
})

describe('no project is found', () => {
  it('among several: the candidates are told', () => expect(find()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(`${shop.id} (Shop), ${blog.id} (Blog)`) }))
  it('where there is none', () => expect(find({ list: async () => [] })).rejects.toMatchObject({ exitCode: 2 }))
  it('by an unknown name: the nearest is asked for', () => expect(find({ flag: 'shpo' })).rejects.toMatchObject({ exitCode: 5, hint: 'Did you mean shop?' }))
  it('by a name that two have', () => expect(find({ flag: 'Shop', list: async () => [shop, { ...blog, name: 'Shop' }] })).rejects.toMatchObject({ exitCode: 2 }))
  it.each(['{', '{}', 'null', '{"project_id": "../x"}', '{"project_id": 1}'])('in a link that says %s', async (text) => {
    mkdirSync(dirname(linkFile(cwd)), { recursive: true })
    writeFileSync(linkFile(cwd), text)
    await expect(find({ profileDefault: id('p') })).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('does not name a project') })
  })
})
it('nearestLink of an unlinked folder is undefined', () => expect(nearestLink(cwd)).toBeUndefined())

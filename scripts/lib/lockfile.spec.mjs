/** Whichever machine wrote the lockfile, it must serve Linux and macOS, on x64 and arm64. */
import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'

const PLATFORMS = [['linux', 'x64'], ['linux', 'arm64'], ['darwin', 'x64'], ['darwin', 'arm64']]

/** Native builds of one package version: `turbo@2.11.9` → Set of `linux-x64`, `darwin-arm64`, … */
function nativeBuilds(lockfile) {
  const found = new Map()
  let owner
  let inside = false
  for (const line of lockfile.split('\n')) {
    const header = /^ {2}(\S.*):$/.exec(line)
    if (header) owner = header[1]
    if (/^ {4}\S/.test(line)) inside = line === '    optionalDependencies:'
    const name = inside && /^ {6}'?([^\s':]+)'?: /.exec(line)?.[1]
    const platform = name && /(linux|darwin)-(x64|arm64|64)(?!-musl)(-gnu|-glibc)?$/.exec(name)
    if (!platform) continue
    const builds = found.get(owner) ?? new Set()
    builds.add(`${platform[1]}-${platform[2] === '64' ? 'x64' : platform[2]}`)
    found.set(owner, builds)
  }
  return found
}

const builds = [...nativeBuilds(readFileSync(new URL('../../pnpm-lock.yaml', import.meta.url), 'utf8'))]

it('finds the packages with native builds', () => expect(builds.length).toBeGreaterThan(4))

it.each(builds)('%s has a build for every platform', (_owner, has) => {
  expect(PLATFORMS.map((one) => one.join('-')).filter((platform) => !has.has(platform))).toEqual([])
})

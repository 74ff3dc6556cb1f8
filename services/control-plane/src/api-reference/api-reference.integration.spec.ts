import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { TestCluster } from '../testing/environment.js'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await TestCluster.start()
}, 60_000)
afterAll(() => cluster?.stop(), 30_000)

const load = async (path: string): Promise<Response> => fetch(`${cluster.replicas[0]?.url}${path}`, { redirect: 'manual' })

it('the API reference consists of this process’s own files, and nothing else may be loaded or asked', async () => {
  for (const path of ['/docs', '/docs/']) {
    const page = await load(path)
    const text = await page.text()
    expect([path, page.status, page.headers.get('content-type')]).toEqual([path, 200, 'text/html; charset=utf-8'])
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self'; .*connect-src 'self'.*frame-ancestors 'none'$/)
    const linked = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '').filter((address) => !address.startsWith('data:'))
    expect(linked).toHaveLength(4)
    for (const address of linked) {
      expect(address).toMatch(/^\//)
      const file = await load(address)
      expect([address, file.status]).toEqual([address, 200])
      expect((await file.text()).length).toBeGreaterThan(50)
    }
    expect(text).not.toMatch(/<script>|\son\w+=/)
  }
})

it.each(['/docs/package.json', '/docs/swagger-ui-bundle.js.map', '/docs/..%2fpackage.json', '/docs/start'])('%s is not there', async (path) => {
  expect((await load(path)).status).toBe(404)
})

import { describe, expect, it } from '@jest/globals'
import { dial } from './dial.js'
import { UpstreamUnavailable } from './errors.js'

const to = (host: string) => dial({ host, port: 9, sslMode: 'disable', sslCa: undefined }, false, AbortSignal.timeout(1_000)).catch((error: unknown) => error)

describe('an upstream address', () => {
  it.each(['169.254.169.254', '169.254.0.1', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '0xa9fea9fe', '2852039166', 'fe80::1', 'fe80::1%lo', 'febf::1'])(
    'that is link-local is refused before a packet leaves, as %s too',
    async (host) => {
      const error = (await to(host)) as UpstreamUnavailable
      expect(error).toBeInstanceOf(UpstreamUnavailable)
      expect((error.cause as { code?: string }).code).toBe('ERR_IP_BLOCKED')
    },
  )

  it('that is not link-local is tried', async () => {
    expect(((await to('127.0.0.1')) as { cause: { code: string } }).cause.code).toBe('ECONNREFUSED')
  })
})

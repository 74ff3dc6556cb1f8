import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { LEASE_LOST, LeaseHold, type HeldSession } from './lease-hold.js'
import type { EndReason } from './session-options.js'

/** A session that notes what is done to it. What is passed on asks the hold, as in the real one. */
class Noted implements HeldSession {
  over = false
  leased = true
  queued = false
  idle = true
  expired = false
  readonly log: string[] = []
  reason: EndReason | undefined
  readonly hold = new LeaseHold(this)
  /** Where given, called with each thing that is passed on. */
  onPass: (what: string) => void = () => undefined
  readonly serves = () => this.leased
  readonly onFenced = () => void this.log.push('fenced')
  pauseBoth = () => void this.log.push('pause')
  readBoth = () => void this.log.push('read')
  readClient = () => void this.log.push('read client')
  end = (reason: EndReason) => {
    this.over = true
    this.reason = reason
    this.hold.drop()
  }
  mayForward = () => !this.expired
  private pass(what: string): void {
    this.onPass(what)
    this.log.push(what)
  }
  writeUpstream = (data: Buffer) => {
    if (!this.hold.keepsDecided(data)) this.pass(`written ${data.toString()}`)
  }
  fromClient = (chunk: Buffer) => {
    if (!this.hold.keepsFromClient(chunk)) this.pass(`client ${chunk.toString()}`)
  }
  fromUpstream = (chunk: Buffer, borrowed = false) => {
    if (!this.hold.keepsFromUpstream(chunk, borrowed)) this.pass(`upstream ${chunk.toString()}`)
  }
  writeClient = (data: Buffer, owned = true) => {
    if (!this.hold.keepsAnswer(data, !owned)) this.pass(`answer ${data.toString()}`)
  }
  crashed = (error: unknown) => void this.log.push(`crashed ${String(error)}`)
}
const bytes = (text: string) => Buffer.from(text)

describe('without one for too long', () => {
  const held = (change: Partial<Noted> = {}) => {
    const session = Object.assign(new Noted(), change)
    session.leased = false
    session.hold.begin()
    return session
  }

  it('a session that is at nothing stays, and its client is read', () => {
    const session = held()
    expect([session.hold.rest(), session.log, session.over]).toEqual([true, ['pause', 'read client'], false])
  })

  it('one that is at something, or has something waiting, is to be ended', () => {
    expect(held({ idle: false }).hold.rest()).toBe(false)
    for (const how of ['fromClient', 'fromUpstream', 'writeUpstream', 'writeClient'] as const) {
      const session = held()
      session[how](bytes('1'))
      expect(session.hold.rest()).toBe(false)
    }
  })

  it('one that asks for something then ends with the reason, and nothing is passed on', () => {
    const session = held()
    session.hold.rest()
    session.fromClient(bytes('1'))
    expect([session.reason, session.log]).toEqual([LEASE_LOST, ['pause', 'read client']])
  })

  it('one whose statement is decided only then ends too: nobody knows how long it would wait', () => {
    const session = held()
    session.hold.rest()
    session.writeUpstream(bytes('1'))
    expect([session.reason, session.log]).toEqual([LEASE_LOST, ['pause', 'read client']])
  })

  it('one that asked when the lease was back, and gone before it could go on, is to be ended the next time', () => {
    const session = held()
    session.hold.rest()
    session.leased = true
    session.fromClient(bytes('1'))
    session.leased = false
    session.hold.begin()
    expect([session.over, session.hold.rest()]).toEqual([false, false])
  })

  it('one that asks when the lease is back already goes on, and waits again the next time', () => {
    const session = held()
    session.hold.rest()
    session.leased = true
    session.fromClient(bytes('1'))
    session.hold.goOn()
    session.leased = false
    session.fromClient(bytes('2'))
    expect([session.log, session.over]).toEqual([['pause', 'read client', 'client 1', 'read', 'pause', 'fenced'], false])
  })
})

describe('with a lease', () => {
  it('everything passes, and nothing else happens', () => {
    const session = new Noted()
    session.fromClient(bytes('1'))
    session.fromUpstream(bytes('2'), true)
    session.writeUpstream(bytes('3'))
    session.hold.goOn()
    expect([session.log, session.hold.active]).toEqual([['client 1', 'upstream 2', 'written 3'], false])
  })
})

describe('without one', () => {
  it.each(['fromClient', 'fromUpstream', 'writeUpstream', 'writeClient'] as const)('the first thing to ask (%s) waits, both sides are paused, and the proxy is told once', (how) => {
    const session = new Noted()
    session.leased = false
    session[how](bytes('1'))
    session[how](bytes('2'))
    expect([session.log, session.hold.active]).toEqual([['pause', 'fenced'], true])
  })

  it('what was decided and looked at goes first, then what the database said, then what the client sent; then both are read again', () => {
    const session = new Noted()
    session.leased = false
    for (const n of [1, 2]) {
      session.fromClient(bytes(`c${n}`))
      session.fromUpstream(bytes(`u${n}`))
      session.writeUpstream(bytes(`w${n}`))
      session.writeClient(bytes(`a${n}`))
    }
    session.leased = true
    session.hold.goOn()
    expect(session.log).toEqual(['pause', 'fenced', 'written w1', 'written w2', 'answer a1', 'answer a2', 'upstream u1', 'upstream u2', 'client c1', 'client c2', 'read'])
  })

  it('what arrives while the lease is there again and nobody has said so waits behind what is held', () => {
    const session = new Noted()
    session.hold.begin()
    session.fromClient(bytes('first'))
    session.leased = true
    session.fromClient(bytes('second'))
    session.hold.goOn()
    expect(session.log).toEqual(['pause', 'client first', 'client second', 'read'])
  })

  it('goOn comes too early: nothing moves', () => {
    const session = new Noted()
    session.leased = false
    session.fromClient(bytes('1'))
    session.hold.goOn()
    expect([session.log, session.hold.active]).toEqual([['pause', 'fenced'], true])
  })

  it('a lease that ends again while what was held goes on keeps the rest, in its order', () => {
    const session = new Noted()
    session.leased = false
    for (const n of [1, 2, 3]) session.fromClient(bytes(String(n)))
    session.leased = true
    session.onPass = () => { session.leased = false }
    session.hold.goOn()
    session.leased = true
    session.onPass = () => undefined
    session.hold.goOn()
    expect(session.log.filter((line) => line.startsWith('client'))).toEqual(['client 1', 'client 2', 'client 3'])
  })

  it('bytes that are overwritten by the next read are copied', () => {
    const session = new Noted()
    session.leased = false
    const shared = bytes('then')
    session.fromUpstream(shared, true)
    session.writeClient(shared, false)
    shared.write('next')
    session.leased = true
    session.hold.goOn()
    expect(session.log).toEqual(expect.arrayContaining(['upstream then', 'answer then']))
  })

  it('a session with something queued ends, with a reason that says so', () => {
    const session = new Noted()
    session.queued = true
    session.hold.begin()
    expect([session.over, session.hold.active, session.reason?.sqlState, session.reason?.detail]).toEqual([true, false, '57P01', 'data of this session was on its way'])
  })

  it('what an expired credential had sent is not passed on', () => {
    const session = new Noted()
    session.leased = false
    session.writeUpstream(bytes('1'))
    Object.assign(session, { leased: true, expired: true })
    session.hold.goOn()
    expect(session.log).toEqual(['pause', 'fenced'])
  })

  it('a session that is over holds nothing and begins nothing', () => {
    const session = new Noted()
    session.leased = false
    session.fromClient(bytes('1'))
    session.end({ sqlState: '57P01', message: 'revoked' })
    session.leased = true
    session.hold.goOn()
    session.hold.begin()
    expect([session.log, session.hold.active]).toEqual([['pause', 'fenced'], false])
  })

  it('the end says whether the client lacks something that has been accounted for', () => {
    for (const how of ['fromClient', 'fromUpstream', 'writeUpstream', 'writeClient'] as const) {
      const session = new Noted()
      session.leased = false
      session[how](bytes('1'))
      expect([how, session.hold.drop(), session.hold.active]).toEqual([how, how === 'writeClient', false])
    }
  })

  it('what fails on the way ends the session by its own way of failing', () => {
    const session = new Noted()
    session.leased = false
    session.fromClient(bytes('1'))
    session.leased = true
    session.onPass = () => { throw new Error('no') }
    session.hold.goOn()
    expect(session.log).toContain('crashed Error: no')
  })
})

it('however leases come and go, each direction keeps its order, nothing is lost, and nothing passes without a lease', () => {
  fc.assert(fc.property(fc.array(fc.oneof(fc.constant('lease' as const), fc.constant('end' as const), fc.constant('client' as const), fc.constant('upstream' as const)), { maxLength: 60 }), (moves) => {
    const session = new Noted()
    session.onPass = () => { if (!session.leased) throw new Error('passed without a lease') }
    const sent: Record<'client' | 'upstream', string[]> = { client: [], upstream: [] }
    moves.forEach((move, n) => {
      if (move === 'lease') {
        session.leased = true
        session.hold.goOn()
      } else if (move === 'end') session.leased = false
      else {
        sent[move].push(`${move} ${n}`)
        if (move === 'client') session.fromClient(bytes(String(n)))
        else session.fromUpstream(bytes(String(n)))
      }
    })
    session.leased = true
    session.hold.goOn()
    for (const side of ['client', 'upstream'] as const) expect(session.log.filter((line) => line.startsWith(side))).toEqual(sent[side])
    expect(session.log.some((line) => line.startsWith('crashed'))).toBe(false)
  }))
})

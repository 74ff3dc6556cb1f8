import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Conversation } from './conversation.js'

/** Sends and answers in one line: `P` extended, `Q` query, `S` Sync, `c` CopyDone; `+` closing answer, `E` error, `Z` ready, `G` copy in. */
function play(line: string): Conversation {
  const conversation = new Conversation()
  const steps: Record<string, () => void> = {
    P: () => { conversation.extended() },
    Q: () => { conversation.query() },
    S: () => { conversation.sync() },
    c: () => { conversation.copyEnded() },
    '+': () => { conversation.answered() },
    E: () => { conversation.error() },
    Z: () => { conversation.ready() },
    G: () => { conversation.copyInStarted() },
  }
  for (const letter of line.replaceAll(' ', '')) steps[letter]?.()
  return conversation
}

describe('a conversation is', () => {
  it.each([
    ['settled before anything', '', false, true],
    ['busy with a query', 'Q', true, false],
    ['busy between the answers of one query', 'Q++', true, false],
    ['settled behind a query', 'Q++Z', false, true],
    ['busy with what nobody synced', 'PPP++', true, false],
    ['not busy, but open, when that is answered', 'PPP+++', false, false],
    ['settled by its Sync', 'PPP+++S Z', false, true],
    ['busy with the second of two queries', 'QQ +Z', true, false],
    ['busy with a query behind a batch that nobody synced', 'PPQ ++', true, false],
    ['settled when that is answered', 'PPQ ++ +Z', false, true],
    ['busy until the Sync behind an error is answered', 'PPPS E', true, false],
    ['settled then', 'PPPS E Z', false, true],
    ['not busy with queries that the server drops', 'PPPQQ E', false, false],
    ['settled behind the Sync that ends the dropping', 'PPPQQ E Q S Z', false, true],
    ['busy with what stands behind that Sync', 'PPPQQS Q E Z', true, false],
    ['settled behind an error of a query', 'Q E Z', false, true],
    ['busy with the query behind one that failed', 'QQ E Z', true, false],
    ['settled behind a COPY in', 'Q G c + Z', false, true],
    ['settled behind an extended COPY whose first Sync was swallowed', 'PPPS ++ G c S + Z', false, true],
    ['settled behind an extended COPY sent at once', 'PPPSc S ++ G + Z', false, true],
    ['settled behind a COPY with Syncs in its data', 'Q G S S c + Z', false, true],
    ['busy where a Sync inside a COPY that failed may be answered', 'PPP ++ G S E', true, false],
    ['busy with a query behind that Sync', 'PPP ++ G S Q E Z', true, false],
    ['settled when both are answered', 'PPP ++ G S Q E Z +Z', false, true],
    ['settled behind a simple COPY that failed, with what came late', 'Q G E Z c', false, true],
    ['settled when an error comes with Sync itself', 'PPPS +++ E Z', false, true],
  ])('%s (%s)', (_name, line, busy, settled) => {
    const conversation = play(line)
    expect([conversation.busy, conversation.settled]).toEqual([busy, settled])
  })

  it('busy exactly while a server that obeys the protocol has something to answer', () => {
    // The server as the manual describes it, without COPY: a list of messages, worked off one at a time.
    const action = fc.constantFrom('P', 'Q', 'S', 'bad', 'serve', 'serve', 'serve')
    fc.assert(fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const conversation = new Conversation()
      const inbox: string[] = []
      let skipping = false
      const serve = () => {
        let message = inbox.shift()
        while (skipping && message !== undefined && message !== 'S') message = inbox.shift()
        if (message === undefined) return
        if (message === 'P') conversation.answered()
        else if (message === 'bad') {
          skipping = true
          conversation.error()
        } else {
          skipping = false
          if (message === 'Q') conversation.answered()
          conversation.ready()
        }
      }
      for (const one of actions) {
        if (one === 'serve') serve()
        else {
          inbox.push(one)
          if (one === 'Q') conversation.query()
          else if (one === 'S') conversation.sync()
          else conversation.extended()
        }
        if (skipping) while (inbox.length > 0 && inbox[0] !== 'S') inbox.shift()
        expect(conversation.busy).toBe(inbox.length > 0)
      }
    }))
  })
})

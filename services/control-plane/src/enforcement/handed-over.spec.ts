import { describe, expect, it } from '@jest/globals'
import type { LogRow } from './enforcement-log.js'
import { HandedOver } from './handed-over.js'

const event = (seq: number, epoch = 'e1'): LogRow => ({ seq: String(seq), epoch, kind: 'credential.killed', project_id: 'prj_1', body: '{}', at: new Date(0), hash: '' }) as unknown as LogRow
const after = (handed: HandedOver, position: number): number[] => handed.after(position).map(({ seq }) => Number(seq))

describe('events that the publishing replica committed itself', () => {
  it('are taken where they directly follow what was published', () => {
    const handed = new HandedOver()
    for (const seq of [6, 7, 9]) handed.add(event(seq))
    expect(after(handed, 4)).toEqual([]) // another replica committed 5: the log has it
    expect(after(handed, 5)).toEqual([6, 7])
    expect(after(handed, 8)).toEqual([9])
  })

  it('never reach over into another life of the log', () => {
    const handed = new HandedOver()
    handed.add(event(1))
    handed.add(event(2, 'e2'))
    expect(after(handed, 0)).toEqual([1])
  })

  it('tell that one of them waits, even where it is not kept', () => {
    const handed = new HandedOver()
    expect(handed.latest).toBe(0)
    for (let seq = 1; seq <= 1_001; seq++) handed.add(event(seq))
    expect(handed.latest).toBe(1_001)
    expect(after(handed, 0)).toHaveLength(1_000)
    handed.clear()
    expect(handed.latest).toBe(0)
  })
})

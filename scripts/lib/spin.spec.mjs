import { expect, it } from '@jest/globals'
import { resultOf } from './spin.mjs'

const ENDED = `(Spin Version 6.5.2 -- 6 December 2019)
State-vector 80 byte, depth reached 30, errors: 0
  2538040 states, stored
	2.53803e+06 nominal states (stored-atomic)
  488.156	total actual memory usage
`

it('reads how many states there were', () => expect(resultOf(ENDED)).toEqual({ states: 2_538_040, memoryMb: 488 }))

it('reads what is broken, and after how many steps', () =>
  expect(resultOf(`pan:1: assertion violated  (a>=b) (at depth 12)\npan: wrote model.pml.trail\nWarning: Search not completed\n${ENDED.replace('errors: 0', 'errors: 1')}`))
    .toEqual({ error: 'assertion violated (a>=b)', steps: 12, states: 2_538_040, memoryMb: 488 }))

it.each(['Warning: Search not completed', 'error: max search depth too small', 'pan: reached -DMEMLIM bound'])('takes nothing for shown after "%s"', (line) =>
  expect(() => resultOf(`${line}\n${ENDED}`)).toThrow('did not come to an end'))

it('takes nothing for shown that it cannot read', () => expect(() => resultOf('Segmentation fault')).toThrow('spin: no'))

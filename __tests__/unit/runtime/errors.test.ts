import { expect, test } from '@jest/globals'
import { Failure } from '../../../src/runtime/errors.js'

test('a failure survives the way through vm.json', () => {
  const failure = new Failure({
    class: 'boot-timeout',
    message: 'late',
    stage: 'kernel',
    evidence: ['a', 'b'],
    advice: 'wait',
  })
  const again = new Failure(JSON.parse(JSON.stringify(failure.toReport())) as Failure)
  expect(again.toReport()).toEqual(failure.toReport())
})

test('what is not known is not written', () => {
  expect(new Failure({ class: 'port', message: 'taken' }).toReport()).toEqual({
    class: 'port',
    message: 'taken',
    evidence: [],
  })
})

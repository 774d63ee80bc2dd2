import { expect, test } from '@jest/globals'
import { type Course, judge } from '../../../src/upgrade/judge.js'
import type { System } from '../../../src/upgrade/system.js'

const before: System = { slot: 'A', settled: true, version: 'v1', machineId: 'm', bootId: 'b1' }
const upgraded: System = { ...before, slot: 'B', version: 'v2', bootId: 'b2' }
const back: System = { ...before, bootId: 'b5' }
const course: Course = {
  before,
  installation: { exitCode: 0, said: '', copy: 1, install: 1 },
  after: upgraded,
  trouble: undefined,
  lastWords: [],
}
const refusal = { exitCode: 1, said: 'reading\nthe update is corrupt', copy: 1, install: 1 }
const panic = { class: 'kernel-panic', message: 'the kernel oopsed', evidence: ['Oops: 0002'] } as const

const success = (expectVersion?: string) => ({ expect: 'success', expectVersion }) as const
const rollback = (expectVersion?: string) => ({ expect: 'rollback', expectVersion }) as const

test.each<[string, Parameters<typeof judge>[0], Partial<Course>]>([
  ['another slot', success(), {}],
  ['another slot with the version', success('v2'), {}],
  ['the same version in another slot', success('v1'), { after: { ...upgraded, version: 'v1' } }],
  ['a connection that was lost on the way', success(), { installation: { ...refusal, exitCode: null } }],
  ['the old slot after a rollback', rollback(), { after: back }],
  ['an update that was refused', rollback(), { after: before, installation: refusal }],
])('%s is what was expected', (_what, inputs, change) => {
  expect(judge(inputs, { ...course, ...change })).toBeUndefined()
})

test.each<[string, Parameters<typeof judge>[0], Partial<Course>, object]>([
  [
    'a rollback',
    success(),
    { after: back, lastWords: ['no init'] },
    { class: 'rolled-back', evidence: ['no init'] },
  ],
  [
    'a refusal',
    success(),
    { after: before, installation: refusal },
    { class: 'update-refused', message: expect.stringContaining('status 1: the update is corrupt') },
  ],
  ['another version', success('v3'), {}, { message: 'Version v2 runs in slot B, and not v3' }],
  [
    'another version after a rollback',
    rollback(),
    { after: { ...back, version: 'v0' } },
    { message: 'Version v0 runs in slot A, and not v1' },
  ],
  ['an update that lasts', rollback(), {}, { message: expect.stringContaining('slot B came up well') }],
  [
    'another machine-id',
    success(),
    { after: { ...upgraded, machineId: 'n' } },
    { message: expect.stringContaining('machine-id was m before and is now n') },
  ],
  ['trouble on the console of the start that counts', success(), { trouble: panic }, panic],
])('%s is not what was expected', (_what, inputs, change, problem) => {
  expect(judge(inputs, { ...course, ...change })).toMatchObject(problem)
})

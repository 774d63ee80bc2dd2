import { expect, test } from '@jest/globals'
import type { VmState } from '../../../src/vm/state.js'
import { bar, bootSummary } from '../../../src/vm/summary.js'

const vm = {
  name: 'vm-x|y',
  accelerator: 'tcg',
  qemuVersion: '7.2',
  timings: { firmware: 0, kernel: 4, systemd: 10, ready: 20 },
} as unknown as VmState

test('each stage has its times and a bar, on one scale', () => {
  const summary = bootSummary(vm)
  expect(summary).toContain('### Boot: ready after 20.0 s (vm&#45;x&#124;y, tcg, QEMU 7&#46;2)')
  expect(summary).toContain(`| firmware | 0.0 | 4.0 | ${'█'.repeat(8)} |`)
  expect(summary).toContain(`| kernel | 4.0 | 6.0 | ${'░'.repeat(8)}${'█'.repeat(12)} |`)
  expect(summary).toContain(`| systemd | 10.0 | 10.0 | ${'░'.repeat(20)}${'█'.repeat(20)} |`)
  expect(summary).toContain('| ready | 20.0 |  |  |')
})

test('a stage that took no time is seen, within the scale', () => {
  expect(bar(20, 20, 20)).toBe(`${'░'.repeat(39)}█`)
  expect(bar(0, 0.01, 20)).toBe('█')
})

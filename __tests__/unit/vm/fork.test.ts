import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { saveVm } from '../../../src/vm/fork.js'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fork-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** A VM of so much memory whose supervisor has gone. */
function leaveVm(memory: number): void {
  writeFileSync(path.join(folder, 'vm.json'), JSON.stringify({ name: 'vm', state: 'stopped' }))
  writeFileSync(path.join(folder, 'plan.json'), JSON.stringify({ machine: { memory } }))
  writeFileSync(path.join(folder, 'overlay.qcow2'), '')
}

test('with too little memory a VM is not saved; both figures are told', async () => {
  leaveVm(2 ** 50)
  await expect(saveVm(folder)).rejects.toMatchObject({
    class: 'memory-full',
    message: expect.stringMatching(/may use 1024 TiB of memory .* has \d.* [MG]iB available/),
  })
  expect(readdirSync(folder)).toHaveLength(3)
})

test('a VM that has gone is told as that', async () => {
  leaveVm(2 ** 20)
  await expect(saveVm(folder)).rejects.toMatchObject({ class: 'qemu-exit' })
  expect(readdirSync(folder)).toHaveLength(3)
})

test('where there is no VM the input is wrong', async () => {
  await expect(saveVm(folder)).rejects.toMatchObject({ input: 'vm' })
})

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from '@jest/globals'
import { stopVm } from '../../../src/vm/stop.js'

test('what a killed supervisor could not clear away goes when its VM is stopped', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'stop-'))
  try {
    for (const name of [
      'console.log',
      'overlay.qcow2',
      'host_ed25519',
      'firmware-vars.fd',
      'credential-12',
    ]) {
      writeFileSync(path.join(folder, name), '')
    }
    // Linux gives no process a number this high. Source: proc(5), pid_max.
    writeFileSync(path.join(folder, 'vm.json'), JSON.stringify({ supervisorPid: 2 ** 22 + 1 }))
    await stopVm(folder)
    expect(readdirSync(folder)).toEqual(['console.log', 'vm.json'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/** The supervisor's bundle under each release of Node: how much memory one takes. There is one for every VM. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readVm, type VmState } from '../../src/vm/state.js'
import { actionDefaults } from '../../tools/action-defaults.js'
import { nodeVersions } from '../../tools/node-versions.js'
import { bootSector } from '../fixtures/boot-sector.js'
import { within } from '../fixtures/processes.js'

const dist = path.resolve(import.meta.dirname, '../../dist')

let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'supervisor-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** The VM that a boot step has begun in the folder. */
function begun(): VmState | undefined {
  const vm = readdirSync(folder)
    .map((name) => path.join(folder, name))
    .find((name) => existsSync(path.join(name, 'vm.json')))
  return vm === undefined ? undefined : readVm(vm)
}

/** Megabytes that a process has had in memory at most, undefined once it has ended. Source: proc(5), VmHWM. */
function peakMegabytes(pid: number): number | undefined {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kibibytes === undefined ? undefined : (Number(kibibytes) * 1024) / 1e6
  } catch {
    return undefined
  }
}

test('it holds nothing but our own code', () => {
  const bundle = readFileSync(path.join(dist, 'supervisor/index.js'), 'utf8')
  expect(existsSync(path.join(dist, 'supervisor/licenses.txt'))).toBe(false)
  expect(bundle.length).toBeLessThan(200_000)
})

describe.each(nodeVersions())('Node $major', ({ binary }) => {
  test('a guest that floods its console does not bring it beyond 60 MB', async () => {
    const given = {
      ...{ image: bootSector(folder, 'flood', '0123456789 and so on without an end\n'), firmware: 'bios' },
      ...{
        memory: '64M',
        cpus: '1',
        accelerator: 'tcg',
        vsock: 'off',
        timeout: '10s',
        'console-limit': '64K',
      },
    }
    const inputs = Object.entries({ ...actionDefaults('boot'), ...given })
    const step = spawn(binary, [path.join(dist, 'boot/main/index.js')], {
      stdio: 'ignore',
      env: {
        ...{ PATH: process.env.PATH, RUNNER_TEMP: folder, GITHUB_OUTPUT: '', GITHUB_STATE: '' },
        ...Object.fromEntries(inputs.map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      },
    })
    const peaks: number[] = []
    const ended = (): boolean => {
      const peak = peakMegabytes(begun()?.supervisorPid ?? 0)
      if (peak !== undefined) peaks.push(peak)
      return step.exitCode !== null
    }
    expect(await within(60_000, ended)).toBe(true)
    const vm = begun()
    expect(vm?.failure?.class).toBe('boot-timeout')
    expect(existsSync(`${vm?.console ?? ''}.1`)).toBe(true)
    expect(Math.max(...peaks)).toBeLessThan(60)
    expect(Math.max(...peaks)).toBeGreaterThan(20)
  }, 90_000)
})

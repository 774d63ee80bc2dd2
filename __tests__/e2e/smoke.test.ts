/** Tests that spoil the machine they run in, on a real VM of the default recipe: in forks of it, then in the one. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { Agent } from '../../src/smoke/agent.js'
import type { TestResult } from '../../src/smoke/result.js'
import { runSmokeTests, type SmokeInputs, type SmokeOutcome } from '../../src/smoke/smoke.js'
import { builtInNames } from '../../src/smoke/built-in.js'
import { startVm } from '../../src/vm/boot.js'
import { withGuest } from '../../src/vm/guest.js'
import { readVm } from '../../src/vm/state.js'
import { stopVm } from '../../src/vm/stop.js'
import { bootOptions } from '../fixtures/boot-options.js'
import { defaultImage } from '../fixtures/default-image.js'

const minutes = 60_000

let folder: string
let vm: string
let declared: SmokeInputs['declared']

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'e2e-smoke-'))
  const image = await defaultImage(folder)
  declared = {
    version: 'test',
    partitions: ['esp', 'config', 'A_root', 'B_root', 'A_var', 'B_var', 'store'],
    services: ['ssh.service', 'replica.service', 'orchestrator.service'],
    ports: [22, 8080],
  }
  const stateRoot = path.join(folder, 'vms')
  mkdirSync(stateRoot)
  const options = bootOptions({
    ...{ image, stateRoot, memory: 2 ** 30, cpus: 2, accelerator: 'auto', firmware: 'auto' },
    ...{ timeout: 12 * minutes, maxLifetime: 60 * minutes, consoleLimit: 2 ** 24 },
  })
  const booting = await startVm(options)
  vm = booting.folder
  await booting.ready()
}, 20 * minutes)

afterAll(async () => {
  await stopVm(vm)
  rmSync(folder, { recursive: true, force: true })
}, minutes)

async function smoke(yaml: string, given: Partial<SmokeInputs> = {}): Promise<SmokeOutcome> {
  const tests = path.join(folder, 'tests.yml')
  writeFileSync(tests, yaml)
  return runSmokeTests({
    ...{ vm, tests, declared, skipChecks: builtInNames, isolation: 'shared', jobs: 2, tags: [], retries: 0 },
    ...{ shard: undefined, durations: undefined, failOnConsole: [], timeout: 60_000 },
    ...{ versionCommand: 'cat /opt/ic/share/version.txt', reports: path.join(folder, 'reports') },
    ...given,
  })
}

function told({ report }: SmokeOutcome): Record<string, string> {
  const line = ({ status, reason }: TestResult): string => [status, reason].filter(Boolean).join(': ')
  return Object.fromEntries(report.tests.map((result) => [result.name, line(result)]))
}

/** Spawns without an end; and does so behind a test that has passed. */
const spawning = '(while :; do sleep 1000 & done) >/dev/null 2>&1 &'
const bomb = `${spawning} exit 0`

describe('in forks', () => {
  let outcome: SmokeOutcome

  beforeAll(async () => {
    outcome = await smoke(
      `
- { name: fills, run: "head -c 1G /dev/zero >/boot/config/full || true; touch /run/spoiled" }
- { name: clean 1, run: &clean "test ! -e /run/spoiled; echo x >/boot/config/x; systemctl is-system-running --wait" }
- { name: kills init, run: "kill -SEGV 1; sleep 20" }
- { name: clean 2, run: *clean }
- { name: spawns, run: "${bomb}" }
- { name: clean 3, run: *clean }
- { name: in a group, run: "touch /run/seen", group: g }
- { name: in the group, run: "test -e /run/seen", group: g }
- { name: shared, run: *clean, isolation: shared, needs: [clean 3] }
`,
      { isolation: 'fork' },
    )
  }, 20 * minutes)

  test('what one test does to its machine harms no other', () => {
    expect(told(outcome)).toEqual({
      fills: expect.stringMatching(/^failed: it filled \/boot\/config \(/),
      'clean 1': 'passed',
      'kills init': expect.stringMatching(/^failed: the VM died \(emergency-mode: systemd itself gave up/),
      'clean 2': 'passed',
      spawns: expect.stringMatching(/^failed: it left \d+ processes running/),
      'clean 3': 'passed',
      'in a group': 'passed',
      'in the group': 'passed',
      shared: 'passed',
    })
    expect(outcome.report.failure).toBeUndefined()
  })

  test('each has a machine of its own, and its console', () => {
    const tests = Object.fromEntries(outcome.report.tests.map((result) => [result.name, result]))
    const vms = new Set(outcome.report.tests.map((result) => result.vm))
    expect(vms.size).toBe(8)
    expect(tests['in a group']?.vm).toBe(tests['in the group']?.vm)
    expect(tests['kills init']?.console.join('\n')).toMatch(/systemd\[1\]: .*SEGV/)
    expect(tests['clean 2']?.console.join('\n')).not.toMatch(/SEGV/)
  })
})

describe('in one machine', () => {
  test(
    'the built-in checks pass on the default recipe, all of them',
    async () => {
      const outcome = await smoke('- { name: a, run: "true" }', { skipChecks: [] })
      expect(told(outcome)).toEqual(
        Object.fromEntries([...builtInNames, 'a'].map((name) => [name, 'passed'])),
      )
    },
    5 * minutes,
  )

  test(
    'what spoils it is named',
    async () => {
      const outcome = await smoke(
        `
- name: environment
  run: test "$GUESTOS_TEST/$GUESTOS_ATTEMPT/$GUESTOS_ISOLATION/$GUESTOS_VERSION" = environment/1/shared/test
- { name: leaves, run: "sleep 1000 & setsid sleep 1000 >/dev/null & exit 0" }
- { name: spawns, run: "${bomb}" }
- { name: speaks, run: "{ echo; echo hello from the guest; } >/dev/ttyS0" }
- { name: reboots, run: "systemctl reboot" }
- { name: victim, run: "sleep 4" }
- { name: says so, run: "systemctl reboot", reboots: true }
- { name: goes on, run: "true" }
- { name: fills, run: "head -c 1G /dev/zero >/boot/config/full || true" }
- { name: after, run: "true" }
`,
        { failOnConsole: [/hello from/] },
      )
      expect(told(outcome)).toEqual({
        environment: 'passed',
        leaves: 'failed: it left 2 processes running (sleep, sleep), which were ended',
        spawns: expect.stringMatching(/^failed: it left \d+ processes running \(/),
        speaks: 'failed: the console printed: hello from the guest',
        reboots: 'failed: the guest rebooted after it, and the test does not say that it does so',
        victim: 'passed',
        'says so': 'passed',
        'goes on': 'passed',
        fills: expect.stringMatching(/^failed: it filled \/boot\/config \(/),
        after: expect.stringMatching(/^skipped: fills spoiled the guest: it filled \/boot\/config \(/),
      })
      expect(readFileSync(outcome.files.junit, 'utf8')).toContain('hello from the guest')
    },
    20 * minutes,
  )

  test(
    'a line of the console is seen however late the supervisor reads it',
    async () => {
      const outcome = smoke('- { name: speaks, run: "sleep 3; { echo; echo hello; } >/dev/ttyS0" }', {
        failOnConsole: [/hello/],
      })
      const { supervisorPid } = readVm(vm)
      await setTimeout(1000)
      process.kill(supervisorPid, 'SIGSTOP')
      await setTimeout(3000).finally(() => process.kill(supervisorPid, 'SIGCONT'))
      expect(told(await outcome)).toEqual({ speaks: 'failed: the console printed: hello' })
    },
    minutes,
  )

  test(
    'what takes too long is ended, and not the agent that runs it',
    () =>
      withGuest(vm, async (guest) => {
        const agent = new Agent(guest, 'e2e')
        const { health: before } = await agent.run(':', 60)
        const { output, health } = await agent.run(`trap '' TERM; echo begun; sleep 1000; sleep 1000`, 1)
        expect(output).toMatchObject({ timedOut: true, exitCode: 137, stdout: 'begun\n' })
        expect(health).toMatchObject({ bootId: before?.bootId, remain: false })
        expect((await agent.run(`${spawning} sleep 1000`, 5)).output.timedOut).toBe(true)
        expect((await agent.run('echo on', 20)).output.stdout).toBe('on\n')
        agent.close()
      }),
    2 * minutes,
  )

  test(
    'a crash of init is the end of it, and named',
    async () => {
      const outcome = await smoke(`
- { name: kills init, run: "rm -f /boot/config/full; kill -SEGV 1; sleep 20" }
- { name: after, run: "true" }
`)
      expect(told(outcome)).toEqual({
        'kills init': expect.stringMatching(/^failed: the VM died \(emergency-mode: /),
        after: expect.stringMatching(/^skipped: the VM died .* during kills init$/),
      })
    },
    5 * minutes,
  )
})

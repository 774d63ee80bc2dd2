import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { Failure } from '../../../src/runtime/errors.js'
import type { Snapshot } from '../../../src/vm/fork.js'
import type { SmokeTest } from '../../../src/smoke/test.js'
import { type StandIn, startSshd } from '../../fixtures/sshd.js'

/** A real fork needs a VM; here each is a server of its own, and the e2e tests have the real ones. */
const forks: StandIn[] = []
const stopped: string[] = []
let refuse = 0
const snapshot: Snapshot = {
  fork: async () => {
    if (refuse-- > 0) throw new Failure({ class: 'memory-full', message: 'no memory for a fork' })
    const server = await startSshd()
    forks.push(server)
    return server.folder
  },
  remove: () => Promise.resolve(),
}
jest.unstable_mockModule('../../../src/vm/fork.js', () => ({ saveVm: () => Promise.resolve(snapshot) }))
jest.unstable_mockModule('../../../src/vm/stop.js', () => ({
  stopVm: (folder: string) => Promise.resolve(void stopped.push(folder)),
}))
const { schedule } = await import('../../../src/smoke/schedule.js')

let server: StandIn
beforeEach(async () => {
  jest.spyOn(process.stdout, 'write').mockReturnValue(true)
  server = await startSshd()
})
afterEach(async () => {
  jest.restoreAllMocks()
  await Promise.all([server, ...forks.splice(0)].map((each) => each.stop()))
  stopped.length = 0
})

const named = (name: string, script: string, given: Partial<SmokeTest> = {}): SmokeTest => ({
  ...{ name, source: { file: 't.yml', line: 1 }, action: { script }, expect: {}, timeout: 20_000 },
  ...{ needs: [], tags: [], isolation: 'fork', reboots: false },
  ...given,
})
const options = { jobs: 2, retries: 0, version: undefined, failOnConsole: [] }

test('each test or group has a fork, and what it needs may have run elsewhere', async () => {
  const { results, error } = await schedule(
    server.folder,
    [
      named('shared', 'true', { isolation: 'shared' }),
      named('needs it', 'true', { needs: ['shared'] }),
      named('alone', 'echo "$GUESTOS_ISOLATION"'),
      named('g1', 'true', { group: 'g' }),
      named('g2', 'exit 1', { group: 'g', needs: ['g1'] }),
      named('needs a failure', 'true', { needs: ['g2'] }),
      named('shared too', 'true', { isolation: 'shared', needs: ['alone'] }),
    ],
    options,
  )
  expect(error).toBeUndefined()
  expect(results.map(({ name, status, reason }) => [name, status, reason])).toEqual([
    ['shared', 'passed', undefined],
    ['needs it', 'passed', undefined],
    ['alone', 'passed', undefined],
    ['g1', 'passed', undefined],
    ['g2', 'failed', 'exit status 1, expected 0'],
    ['needs a failure', 'skipped', 'it needs g2, which failed'],
    ['shared too', 'passed', undefined],
  ])
  expect(results.find(({ name }) => name === 'alone')?.stdout).toBe('fork')
  expect(stopped.sort()).toEqual(forks.map(({ folder }) => folder).sort())
  expect(stopped).toHaveLength(3)
})

test('a fork that cannot be had or that dies fails its own tests, and the next has another', async () => {
  refuse = 1
  const running = schedule(
    server.folder,
    [named('first', 'true'), named('dies', 'sleep 60'), named('next', 'true')],
    { ...options, jobs: 1 },
  )
  while (forks.length === 0) await new Promise((resolve) => setTimeout(resolve, 50))
  await new Promise((resolve) => setTimeout(resolve, 1000))
  await forks[0]?.die()
  const { results, error } = await running
  expect(error).toBeUndefined()
  expect(results.map(({ status, reason }) => [status, reason])).toEqual([
    ['failed', 'there is no fork to run it in: no memory for a fork'],
    ['failed', 'the VM died (kernel-panic: the guest kernel panicked)'],
    ['passed', undefined],
  ])
})

import { expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { describe as described } from '../../../src/runtime/action.js'
import { Failure, InputError, UserError } from '../../../src/runtime/errors.js'
import { CommandError } from '../../../src/runtime/process.js'
import { liveCommands } from '../../fixtures/live-commands.js'

const root = path.resolve(import.meta.dirname, '../../..')

/** Runs `body` as the main or post stage of an action in a process of its own, with the real @actions/core. */
function stage(kind: 'runMain' | 'runPost', body: string): { status: number | null; stdout: string } {
  const script = `
    import { ${kind} } from './src/runtime/action.js'
    import { Failure, InputError } from './src/runtime/errors.js'
    await ${kind}(async () => { ${body} })`
  return spawnSync(path.join(root, 'node_modules/.bin/tsx'), ['--input-type=module', '-e', script], {
    cwd: root,
    encoding: 'utf8',
  })
}

test('expected errors show their message, and a bug its stack', () => {
  expect(described(new UserError('so'))).toBe('so')
  expect(described(new InputError('x', 'y', 'z'))).toBe('Input x: "y" is not valid; allowed: z')
  expect(described(new CommandError(['a'], 'why', 1, '', 'said'))).toBe('a failed: why\nsaid')
  expect(described(new Failure({ class: 'port', message: 'taken', stage: 'kernel', advice: 'pick' }))).toBe(
    'port (stage: kernel): taken\npick',
  )
  expect(described(new TypeError('bug'))).toMatch(/TypeError: bug\n\s+at /)
})

test('a main stage fails with one error, its evidence harmless above it', () => {
  const { status, stdout } = stage(
    'runMain',
    `throw new Failure({ class: 'kernel-panic', message: 'died\\n::set-output name=a::b', evidence: ['::error::x', 'y ##[group]z'] })`,
  )
  expect(status).toBe(1)
  const commands = liveCommands(stdout)
  expect(commands).toHaveLength(1)
  expect(commands[0]).toMatch(/^::error::kernel-panic: died%0A/)
  expect(stdout).toContain('  │ \\::error::x\n')
})

test('a post stage warns and never fails', () => {
  const { status, stdout } = stage('runPost', `throw new InputError('vm', 'x', 'y')`)
  expect(status).toBe(0)
  expect(liveCommands(stdout)).toEqual(['::warning::Input vm: "x" is not valid; allowed: y'])
})

import { expect, test } from '@jest/globals'
import { tmpdir } from 'node:os'
import { Failure } from '../../../src/runtime/errors.js'
import { CommandError, run } from '../../../src/runtime/process.js'
import { quote } from '../../../src/runtime/quote.js'

const failure = (command: readonly string[], options = {}): Promise<unknown> =>
  run(command, options).then(
    () => undefined,
    (error: unknown) => error,
  )

test('gives both streams, whole', async () => {
  expect(await run(['sh', '-c', 'printf "a\\n\\n"; echo b >&2'])).toEqual({ stdout: 'a\n\n', stderr: 'b\n' })
})

test('passes input, folder and environment', async () => {
  const { stdout } = await run(['sh', '-c', 'cat; pwd; echo $X'], {
    input: 'in ',
    cwd: tmpdir(),
    env: { X: 'env' },
  })
  expect(stdout).toBe(`in ${tmpdir()}\nenv\n`)
})

test('an error says command, reason and what was printed', async () => {
  const error = await failure(['sh', '-c', 'echo so >&2; exit 3'])
  expect(error).toBeInstanceOf(CommandError)
  expect(error).toMatchObject({
    exitCode: 3,
    message: `sh -c 'echo so >&2; exit 3' failed: exit status 3\nso`,
  })
})

test.each([
  ['a signal', ['sh', '-c', 'kill -TERM $$'], {}, 'ended by SIGTERM'],
  ['the time-out', ['sleep', '60'], { timeout: 100 }, 'no end after 0.10 s'],
  ['the limit', ['head', '-c', '100000', '/dev/zero'], { limit: 1000 }, 'it printed more than is allowed'],
  ['a cancellation', ['sleep', '60'], { signal: AbortSignal.timeout(100) }, 'cancelled'],
])('knows %s', async (_, command, options, reason) => {
  expect(await failure(command, options)).toMatchObject({ reason })
})

test('a program that ignores SIGTERM is killed', async () => {
  const started = performance.now()
  await failure(['sh', '-c', 'trap "" TERM; while :; do sleep 0.05; done'], { timeout: 100, killAfter: 100 })
  expect(performance.now() - started).toBeLessThan(3000)
})

test('a program that is not there is a missing tool, with its package', async () => {
  const error = await failure(['qemu-img'], { env: { PATH: '/nowhere' } })
  expect(error).toBeInstanceOf(Failure)
  expect(error).toMatchObject({ class: 'missing-tool', message: 'qemu-img is not installed on this machine' })
  expect((error as Failure).advice).toContain('apt-get install qemu-utils')
})

test('quotes for a shell, which gives the words back', async () => {
  const words = ['a b', "it's", '$HOME', '', '*', 'plain-1.0', '\n', '"']
  const { stdout } = await run(['sh', '-c', `printf '%s\\0' ${quote(words)}`])
  expect(stdout.split('\0').slice(0, -1)).toEqual(words)
})

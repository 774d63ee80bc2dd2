import { expect, test } from '@jest/globals'
import path from 'node:path'
import { InputError } from '../../../src/runtime/errors.js'
import type { InputReader } from '../../../src/runtime/inputs.js'
import { inputsOf } from '../../fixtures/action-inputs.js'

/** What each action needs to read as far as the input that is wrong. */
const given: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  boot: { image: 'package.json' },
  build: { version: '1' },
  'smoke-test': { vm: '.' },
  upgrade: { vm: '.', 'update-image': 'package.json' },
}

test.each([
  ['boot', 'ssh-port', '0'],
  ['boot', 'vsock', '2'],
  ['boot', 'credentials', 'a/b=c'],
  ['boot', 'forward', '80'],
  ['build', 'recipe', 'nowhere'],
  ['build', 'mirror', 'ftp://example.org'],
  ['smoke-test', 'skip-checks', 'nonsense'],
  ['upgrade', 'timeout', 'soon'],
])(
  '%s refuses %s under the name that an action which joins several has for it',
  async (action, name, value) => {
    const { getInputs } = (await import(path.resolve('actions', action, 'inputs.ts'))) as {
      getInputs: (reader: InputReader) => unknown
    }
    const own = `joined-${name}`
    const reader = inputsOf(action, { ...given[action], [own]: value }).renamed({ [name]: own })
    expect(() => getInputs(reader)).toThrow(InputError)
    expect(() => getInputs(reader)).toThrow(`Input ${own}: `)
  },
)

import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import path from 'node:path'
import { InputError, UserError } from '../runtime/errors.js'
import type { SmokeTest } from './test.js'
import { readTestFile } from './test-file.js'

const whatIsATest = 'executable files, and YAML files (.yml, .yaml) that list tests'

/**
 * The tests in a file or in a folder and those below it, in the order of their paths. Hidden files and files that are
 * neither executable nor YAML are no tests.
 * @param timeout milliseconds, for tests that set none
 * @throws {InputError} when there is none
 * @throws {UserError} when a file cannot be read as tests
 */
export function findTests(fileOrFolder: string, timeout: number): SmokeTest[] {
  const isFolder = statSync(fileOrFolder).isDirectory()
  const names = isFolder ? filesBelow(fileOrFolder) : ['']
  const tests = names.flatMap((name) => {
    const file = path.join(fileOrFolder, name)
    return testsIn(file, name === '' ? path.basename(file) : name, timeout)
  })
  if (tests.length === 0) {
    throw new InputError(
      'tests',
      fileOrFolder,
      `a ${isFolder ? 'folder that holds' : 'file of'} tests: ${whatIsATest}`,
    )
  }
  return tests
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.split(path.sep).some((part) => part.startsWith('.')))
    .filter((name) => statSync(path.join(folder, name)).isFile())
    .sort()
}

function testsIn(file: string, name: string, timeout: number): SmokeTest[] {
  const label = path.relative('', file)
  if (/\.ya?ml$/.test(file)) return readTestFile(file, label, timeout)
  if ((statSync(file).mode & 0o111) !== 0) {
    return [
      {
        name,
        source: { file: label, line: 1 },
        action: { executable: file },
        expect: {},
        timeout,
        needs: [],
      },
    ]
  }
  if (startOf(file) === '#!') {
    throw new UserError(`${label}: it begins with #! and is not executable: chmod +x ${label}`)
  }
  return []
}

function startOf(file: string): string {
  const start = Buffer.alloc(2)
  const descriptor = openSync(file, 'r')
  try {
    readSync(descriptor, start)
  } finally {
    closeSync(descriptor)
  }
  return start.toString('latin1')
}

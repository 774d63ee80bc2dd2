import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import path from 'node:path'
import { InputError, UserError } from '../runtime/errors.js'
import type { SmokeTest } from './test.js'
import { fileTest, readTestFile, type TestDefaults } from './test-file.js'

const whatIsATest = 'executable files, and YAML files (.yml, .yaml) that list tests or are for goss'

/**
 * The tests in a file or in a folder and those below it, in the order of their paths. Hidden files and files that are
 * neither executable nor YAML are no tests.
 * @throws {InputError} when there is none
 * @throws {UserError} when a file cannot be read as tests
 */
export function findTests(fileOrFolder: string, defaults: TestDefaults): SmokeTest[] {
  const isFolder = statSync(fileOrFolder).isDirectory()
  const names = isFolder ? filesBelow(fileOrFolder) : ['']
  const tests = names.flatMap((name) => {
    const file = path.join(fileOrFolder, name)
    return testsIn(file, name === '' ? path.basename(file) : name, defaults)
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

function testsIn(file: string, name: string, defaults: TestDefaults): SmokeTest[] {
  const label = path.relative('', file)
  if (/\.ya?ml$/.test(file)) return readTestFile(file, label, name, defaults)
  if ((statSync(file).mode & 0o111) !== 0) {
    return [fileTest({ executable: file }, label, name, defaults)]
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

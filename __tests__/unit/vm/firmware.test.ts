import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { InputError } from '../../../src/runtime/errors.js'
import { findFirmware, withOwnVariables } from '../../../src/vm/firmware.js'

let folder: string
let code: string
let variables: string
let other: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'firmware-'))
  code = path.join(folder, 'CODE.fd')
  variables = path.join(folder, 'VARS.fd')
  other = path.join(folder, 'OTHER.fd')
  writeFileSync(other, 'other code')
  writeFileSync(code, 'code')
  writeFileSync(variables, 'variables')
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** A folder of descriptors as QEMU's packages install it: what is given here differs from one that fits. */
function descriptors(name: string, ...differences: readonly (object | string)[]): string {
  const made = path.join(folder, name)
  mkdirSync(made)
  differences.forEach((difference, index) => {
    const fitting = {
      description: 'UEFI firmware for x86_64',
      'interface-types': ['uefi'],
      mapping: {
        device: 'flash',
        executable: { filename: code, format: 'raw' },
        'nvram-template': { filename: variables, format: 'raw' },
      },
      targets: [{ architecture: 'x86_64', machines: ['pc-i440fx-*', 'pc-q35-*'] }],
      features: ['acpi-s3', 'verbose-dynamic'],
      tags: [],
    }
    const text = typeof difference === 'string' ? difference : JSON.stringify({ ...fitting, ...difference })
    writeFileSync(path.join(made, `${10 * (index + 1)}-firmware.json`), text)
  })
  return made
}

const flash = (executable: string, template = variables, format = 'raw'): object => ({
  mapping: {
    device: 'flash',
    executable: { filename: executable, format },
    'nvram-template': { filename: template, format: 'raw' },
  },
})

test('takes what the packages describe', () => {
  expect(findFirmware('auto', descriptors('one', {}))).toEqual({ kind: 'flash', code, variables })
})

test.each<[string, () => object | string]>([
  ['needs SMM', () => ({ features: ['requires-smm', 'secure-boot'] })],
  ['is a BIOS', () => ({ 'interface-types': ['bios'] })],
  ['is for another machine', () => ({ targets: [{ architecture: 'x86_64', machines: ['microvm'] }] })],
  ['is for another architecture', () => ({ targets: [{ architecture: 'aarch64', machines: ['pc-q35-*'] }] })],
  ['is one file in memory', () => ({ mapping: { device: 'memory', filename: code } })],
  [
    'has no variables',
    () => ({ mapping: { device: 'flash', executable: { filename: code, format: 'raw' } } }),
  ],
  ['is no raw file', () => flash(code, variables, 'qcow2')],
  ['is not there', () => flash('/nowhere/CODE.fd')],
  ['has variables that are not there', () => flash(code, '/nowhere/VARS.fd')],
  ['cannot be read', () => '{ "interface-types": ['],
])('passes over one that %s', (why, difference) => {
  expect(findFirmware('auto', descriptors(why, difference(), flash(other)))).toMatchObject({ code: other })
})

test('takes the first by name', () => {
  expect(findFirmware('auto', descriptors('two', flash(other), {}))).toMatchObject({ code: other })
})

test('bios needs nothing', () => {
  expect(findFirmware('bios')).toEqual({ kind: 'bios' })
})

test('a path is one UEFI file, which must be there and a file', () => {
  expect(findFirmware(path.relative('', code))).toEqual({ kind: 'rom', file: code })
  for (const wrong of ['/nowhere/OVMF.fd', folder]) {
    expect(() => findFirmware(wrong)).toThrow(InputError)
    expect(() => findFirmware(wrong)).toThrow(
      `Input firmware: "${wrong}" is not valid; allowed: auto, bios, or the path`,
    )
  }
})

test('each VM writes to variables of its own', () => {
  const state = mkdtempSync(path.join(folder, 'state-'))
  const own = withOwnVariables({ kind: 'flash', code, variables }, state)
  expect(own).toEqual({ kind: 'flash', code, variables: 'firmware-vars.fd' })
  expect(readFileSync(path.join(state, 'firmware-vars.fd'), 'utf8')).toBe('variables')
})

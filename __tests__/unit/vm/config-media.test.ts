import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { InputError } from '../../../src/runtime/errors.js'
import { run } from '../../../src/runtime/process.js'
import { configMedia } from '../../../src/vm/config-media.js'

let folder: string
let source: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'config-media-'))
  source = path.join(folder, 'source')
  mkdirSync(path.join(source, 'accounts/-admin'), { recursive: true })
  writeFileSync(path.join(source, 'network.conf'), 'hostname=node\n')
  writeFileSync(path.join(source, 'accounts/-admin/A long name.pub'), 'ssh-ed25519 AAAA')
  writeFileSync(path.join(source, '-big'), Buffer.alloc(3 * 2 ** 20, 7))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

const state = (): string => mkdtempSync(path.join(folder, 'state-'))

/** A file of a stick, as mtools reads it. */
async function fileOn(stick: string, name: string): Promise<string> {
  return (await run(['mtype', '-i', stick, `::/${name}`])).stdout
}

test('a folder goes to the top of a stick with the label CONFIG', async () => {
  const made = state()
  expect(await configMedia(source, made)).toEqual({ file: 'config-media.img', format: 'raw' })
  const stick = path.join(made, 'config-media.img')
  expect((await run(['mlabel', '-s', '-i', stick, '::'])).stdout).toMatch(/is CONFIG\b/)
  expect(await fileOn(stick, 'network.conf')).toBe('hostname=node\n')
  expect(await fileOn(stick, 'accounts/-admin/A long name.pub')).toBe('ssh-ed25519 AAAA')
  await run(['mcopy', '-i', stick, '::/-big', path.join(made, 'back')])
  expect(readFileSync(path.join(made, 'back'))).toEqual(readFileSync(path.join(source, '-big')))
  expect(statSync(stick).mode & 0o777).toBe(0o600)
})

test('an empty folder is an empty stick', async () => {
  const empty = path.join(folder, 'empty')
  mkdirSync(empty)
  const made = state()
  await configMedia(empty, made)
  expect((await run(['mdir', '-b', '-i', path.join(made, 'config-media.img'), '::'])).stdout).toBe('')
})

test('a tar archive goes there as it is, under its own name', async () => {
  const archive = path.join(folder, 'ic-bootstrap.tar')
  await run(['tar', '--create', '--file', archive, '--directory', source, 'network.conf'])
  const made = state()
  await configMedia(archive, made)
  await run([
    'mcopy',
    '-i',
    path.join(made, 'config-media.img'),
    '::/ic-bootstrap.tar',
    path.join(made, 'back'),
  ])
  expect(readFileSync(path.join(made, 'back'))).toEqual(readFileSync(archive))
})

test.each(['raw', 'qcow2'] as const)('a %s image is attached as it is', async (format) => {
  const image = path.join(folder, `stick.${format}`)
  await run(['qemu-img', 'create', '-q', '-f', format, image, '1M'])
  expect(await configMedia(image, state())).toEqual({ file: image, format })
})

test.each([
  ['nothing at all', ''],
  ['a file of any other kind', 'hostname=node\n'],
])('%s is no stick', async (_, content) => {
  const file = path.join(folder, 'other')
  writeFileSync(file, content)
  await expect(configMedia(file, state())).rejects.toThrow(InputError)
})

test('what cannot be read fails, and names it', async () => {
  const broken = path.join(folder, 'broken')
  mkdirSync(broken)
  symlinkSync('/nowhere', path.join(broken, 'link'))
  await expect(configMedia(broken, state())).rejects.toThrow(/broken\/link/)
})

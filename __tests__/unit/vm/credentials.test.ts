import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { credentialName, smbiosString, writeCredentials } from '../../../src/vm/credentials.js'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'credentials-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

test('a value of any bytes comes through as base64', () => {
  const text = smbiosString('ssh.authorized_keys.root', 'key, with\ncommas = and ü')
  expect(text).toMatch(/^io\.systemd\.credential\.binary:ssh\.authorized_keys\.root=[A-Za-z0-9+/]+=*$/)
  expect(Buffer.from(text.split('=').slice(1).join('='), 'base64').toString()).toBe(
    'key, with\ncommas = and ü',
  )
})

test('each gets a file that others cannot read', () => {
  const names = writeCredentials(folder, { a: '1', b: '2' })
  expect(names).toEqual(['credential-0', 'credential-1'])
  const first = path.join(folder, 'credential-0')
  expect(readFileSync(first, 'utf8')).toBe('io.systemd.credential.binary:a=MQ==')
  expect(statSync(first).mode & 0o777).toBe(0o600)
})

test('names are file names', () => {
  for (const name of ['a', 'ssh.hostkey.ed25519', '..a', 'x@y:z+1'])
    expect(credentialName.test(name)).toBe(true)
  for (const name of ['', '.', '..', 'a/b', 'a b', 'a\n', 'x'.repeat(256)])
    expect(credentialName.test(name)).toBe(false)
})

import { afterAll, expect, test } from '@jest/globals'
import { createHash, randomFillSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileDigest } from '../../../src/runtime/digest.js'

const folder = mkdtempSync(path.join(tmpdir(), 'digest-test-'))
const mebibyte = 2 ** 20

afterAll(() => {
  rmSync(folder, { recursive: true })
})

test.each([0, 1, mebibyte - 1, mebibyte, mebibyte + 1, 3 * mebibyte, 5 * mebibyte + 7])(
  'is of all of %i bytes',
  async (bytes) => {
    const file = path.join(folder, `${bytes}`)
    const content = randomFillSync(Buffer.alloc(bytes))
    writeFileSync(file, content)
    expect(await fileDigest(file)).toBe(createHash('sha256').update(content).digest('hex'))
  },
)

test.each(['missing', '.'])('of %s is an error', async (name) => {
  await expect(fileDigest(path.join(folder, name))).rejects.toThrow(/ENOENT|EISDIR/)
})

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createHash, randomBytes } from 'node:crypto'
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileDigest } from '../../../src/runtime/digest.js'
import { run } from '../../../src/runtime/process.js'
import { checkDiskSize, checkImage, createOverlay, overlayCommand } from '../../../src/vm/disk.js'

let folder: string
let raw: string
let qcow2: string

const corrupt = (what: RegExp): object => ({
  class: 'image-corrupt',
  message: expect.stringMatching(what),
})

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'disk-'))
  raw = path.join(folder, 'disk.raw')
  qcow2 = path.join(folder, 'disk.qcow2')
  writeFileSync(raw, randomBytes(2 ** 20))
  truncateSync(raw, 8 * 2 ** 20)
  await run(['sfdisk', '--quiet', '--no-reread', raw], { input: 'label: gpt\n,4M,L\n' })
  await run(['qemu-img', 'convert', '-c', '-O', 'qcow2', raw, qcow2])
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** A copy cut to a part of its length. */
function cut(file: string, part: number): string {
  const copy = path.join(folder, `cut-${part}-${path.basename(file)}`)
  copyFileSync(file, copy)
  truncateSync(copy, Math.floor(statSync(file).size * part))
  return copy
}

test('tells the formats apart and takes what is whole', async () => {
  expect(await checkImage(raw, undefined)).toBe('raw')
  expect(await checkImage(qcow2, undefined)).toBe('qcow2')
})

test.each([0, 0.001, 0.5, 0.9])('a qcow2 cut to %d of its length is corrupt', async (part) => {
  await expect(checkImage(cut(qcow2, part), undefined)).rejects.toMatchObject(
    corrupt(/not whole: (qemu-img check|it has 0 bytes)/),
  )
})

test('a raw image that ends before its partition table says is corrupt', async () => {
  await expect(checkImage(cut(raw, 0.9), undefined)).rejects.toMatchObject(
    corrupt(/it has \d+ bytes where its partition table says 8388608/),
  )
  await expect(checkImage(cut(raw, 0), undefined)).rejects.toMatchObject(corrupt(/less than one sector/))
})

test('a qcow2 with a cluster that nothing points at is whole enough', async () => {
  const leaky = path.join(folder, 'leaky.qcow2')
  await run(['qemu-img', 'create', '-q', '-f', 'qcow2', leaky, '8M'])
  const image = readFileSync(leaky)
  // Source: QEMU docs/interop/qcow2.txt: refcount table at byte 48 of the header, 16-bit counts, 64 KiB clusters.
  const block = Number(image.readBigUInt64BE(Number(image.readBigUInt64BE(48))))
  const unused = Math.ceil(image.length / 65536)
  const counted = Buffer.concat([image, Buffer.alloc((unused + 1) * 65536 - image.length)])
  counted.writeUInt16BE(1, block + 2 * unused)
  writeFileSync(leaky, counted)
  await expect(run(['qemu-img', 'check', leaky])).rejects.toMatchObject({ exitCode: 3 })
  expect(await checkImage(leaky, undefined)).toBe('qcow2')
})

test('a digest is compared, and decides alone', async () => {
  const digest = `sha256:${createHash('sha256').update(readFileSync(qcow2)).digest('hex')}`
  expect(await checkImage(qcow2, digest)).toBe('qcow2')
  await expect(checkImage(raw, digest)).rejects.toMatchObject(
    corrupt(/its digest is sha256:[0-9a-f]{64}, not sha256:/),
  )
})

test('the overlay leaves the image alone and grows as asked', async () => {
  const before = await fileDigest(raw)
  const state = mkdtempSync(path.join(folder, 'state-'))
  await createOverlay(raw, 'raw', state, 64 * 2 ** 20)
  const { stdout } = await run(['qemu-img', 'info', '--output=json', path.join(state, 'overlay.qcow2')])
  expect(JSON.parse(stdout)).toMatchObject({
    'virtual-size': 64 * 2 ** 20,
    'backing-filename': raw,
    'backing-filename-format': 'raw',
  })
  expect(await fileDigest(raw)).toBe(before)
})

test('without a size the overlay is as large as the image', () => {
  expect(overlayCommand('/i', 'qcow2')).toEqual([
    'qemu-img',
    'create',
    '-q',
    '-f',
    'qcow2',
    '-F',
    'qcow2',
    '-b',
    '/i',
    'overlay.qcow2',
  ])
})

test('a disk smaller than its image is refused', async () => {
  await checkDiskSize(qcow2, 8 * 2 ** 20)
  await expect(checkDiskSize(qcow2, 8 * 2 ** 20 - 1)).rejects.toThrow(
    /^Input disk-size: .* the image's own 8 MiB or more$/,
  )
})

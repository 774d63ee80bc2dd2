import { beforeAll, describe, expect, test } from '@jest/globals'
import { copyFileSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { makeDisk } from '../../../src/image/disk-layer.js'
import { fileDigest } from '../../../src/image/digest.js'
import { layOut } from '../../../src/image/partitions.js'
import { readRecipe } from '../../../src/image/recipe.js'
import { makeRoot } from '../../../src/image/root-layer.js'
import { run } from '../../../src/runtime/process.js'
import { scratch, write, writeSample } from './sample-recipe.js'

const folder = scratch()
const recipe = readRecipe(writeSample(), 'prod')
const rootFolder = path.join(folder, 'root')
const disk = path.join(folder, 'disk')
const raw = path.join(folder, 'raw.img')
const binary = recipe.binaries.replica ?? ''

async function text(command: string[]): Promise<string> {
  return (await run(command, { env: { MTOOLS_SKIP_CHECK: '1', TZ: 'UTC' } })).stdout
}

const inRoot = (request: string): Promise<string> =>
  text(['debugfs', '-R', request, path.join(rootFolder, 'root.ext4')])

/** What a base brings, in small. */
async function writeBase(): Promise<string> {
  const tree = write(scratch(), {
    'boot/vmlinuz-6.1.0-9': 'old kernel',
    'boot/vmlinuz-6.1.0-10': 'kernel',
    'boot/initrd.img-6.1.0-10': 'initrd',
    'boot/config-6.1.0-10': 'config',
    'dev/null': 'no device',
    'usr/lib/os-release': 'ID=debian\n',
    'usr/lib/systemd/boot/efi/systemd-bootx64.efi': 'loader',
    'usr/lib/systemd/system/replica.service': '[Install]\nWantedBy=multi-user.target\n',
    'var/lib/dpkg/status': 'Package: sudo\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n',
  })
  const base = scratch()
  await run([
    'tar',
    '--create',
    '--zstd',
    `--file=${base}/base.tar.zst`,
    `--directory=${tree}`,
    '--owner=7',
    '--group=7',
    '.',
  ])
  return base
}

beforeAll(async () => {
  mkdirSync(rootFolder)
  mkdirSync(disk)
  const base = await writeBase()
  const binaries = [
    { name: 'replica', digest: await fileDigest(binary), fetch: () => Promise.resolve(binary) },
  ]
  await makeRoot({ recipe, binaries, version: 'v1', size: '8M' }, base, rootFolder)
  await makeDisk(recipe, rootFolder, disk)
  await run(['qemu-img', 'convert', '-O', 'raw', path.join(disk, 'disk.qcow2'), raw])
})

describe('the root file system', () => {
  test('holds the components, the binary, its unit switched on, and the version', async () => {
    expect(await inRoot('cat /etc/a.conf')).toBe('a\n')
    expect(await inRoot('cat /opt/ic/bin/replica')).toBe('#!/bin/sh\n')
    expect(await inRoot('stat /opt/ic/bin/replica')).toMatch(/Mode: +0755[^]*User: +0 +Group: +0/)
    expect(await inRoot('stat /etc/systemd/system/multi-user.target.wants/replica.service')).toMatch(
      'Fast link dest: "/usr/lib/systemd/system/replica.service"',
    )
    expect(await inRoot('cat /opt/ic/share/version.txt')).toBe('v1\n')
    expect(await inRoot('cat /usr/lib/os-release')).toBe(
      'ID=debian\nIMAGE_ID=sample\nIMAGE_VERSION="v1"\nVARIANT_ID=prod\n',
    )
  })

  test('keeps the owners of the base, and neither kernel nor devices', async () => {
    expect(await inRoot('stat /usr/lib/systemd/system/replica.service')).toMatch(/User: +7 +Group: +7/)
    expect(await inRoot('ls -p /boot')).not.toMatch(/vmlinuz|config/)
    expect(await inRoot('ls -p /dev')).not.toMatch('null')
  })

  test('bears one time, and passes its check', async () => {
    expect(await inRoot('stat /opt/ic/share/version.txt')).toMatch(/mtime: 0x67748580/)
    expect(await inRoot('stat /etc')).toMatch(/mtime: 0x67748580/)
    await run(['e2fsck', '-fn', path.join(rootFolder, 'root.ext4')])
  })
})

describe('the disk', () => {
  test('is the compact image alone, not to be written to', async () => {
    expect(readdirSync(disk)).toEqual(['disk.qcow2'])
    expect(statSync(path.join(disk, 'disk.qcow2')).mode & 0o777).toBe(0o444)
    expect(statSync(path.join(disk, 'disk.qcow2')).size).toBeLessThan(1_000_000)
    await run(['qemu-img', 'check', path.join(disk, 'disk.qcow2')])
  })

  test('has the partitions of the recipe', async () => {
    const { partitiontable } = JSON.parse(await text(['sfdisk', '--json', raw])) as {
      partitiontable: {
        label: string
        partitions: { name: string; start: number; size: number; type: string }[]
      }
    }
    expect(partitiontable.label).toBe('gpt')
    expect(partitiontable.partitions.map(({ name, start, size }) => ({ name, start, size }))).toEqual([
      { name: 'esp', start: 2048, size: 131072 },
      { name: 'A_root', start: 133120, size: 16384 },
    ])
    await run(['sfdisk', '--verify', raw])
  })

  test('boots from files on the ESP', async () => {
    const esp = `${raw}@@1M`
    const read = (file: string): Promise<string> => text(['mtype', '-i', esp, `::/${file}`])
    expect(await read('EFI/BOOT/BOOTX64.EFI')).toBe('loader')
    expect(await read('a/linux')).toBe('kernel')
    expect(await read('a/initrd')).toBe('initrd')
    expect(await read('loader/entries/slot-a.conf')).toMatch('options root=PARTLABEL=A_root rw\n')
    expect(await text(['mdir', '-i', esp, '::/loader'])).toMatch(/2025-01-01 +0:00 +loader\.conf/)
  })

  test('holds the root file system byte for byte', async () => {
    const root = layOut(recipe.partitions).partitions[1]
    const copy = path.join(folder, 'copy.ext4')
    copyFileSync(path.join(rootFolder, 'root.ext4'), copy)
    await run(['cmp', `--ignore-initial=${root?.offset ?? 0}:0`, `--bytes=${root?.bytes ?? 0}`, raw, copy])
  })
})

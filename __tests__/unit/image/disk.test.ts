import { beforeAll, describe, expect, test } from '@jest/globals'
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs'
import path from 'node:path'
import { makeDisk } from '../../../src/image/disk-layer.js'
import { makeImage } from '../../../src/image/image-layer.js'
import { fileDigest } from '../../../src/image/digest.js'
import type { Binary } from '../../../src/image/installation.js'
import { layOut } from '../../../src/image/partitions.js'
import { readRecipe } from '../../../src/image/recipe.js'
import { makeRoot } from '../../../src/image/root-layer.js'
import { run } from '../../../src/runtime/process.js'
import { compare } from '../../../tools/compare-images/compare.js'
import { scratch, write, writeSample } from './sample-recipe.js'

const folder = scratch()
const recipe = readRecipe(writeSample(), 'prod')
const rootFolder = path.join(folder, 'root')
const diskFolder = path.join(folder, 'disk-layer')
const disk = path.join(folder, 'disk')
const raw = path.join(folder, 'raw.img')
const binary = recipe.binaries.replica ?? ''

async function replica(): Promise<Binary> {
  const digest = await fileDigest(binary)
  return { name: 'replica', digest, content: digest, fetch: () => Promise.resolve(binary) }
}

async function text(command: string[]): Promise<string> {
  return (await run(command, { env: { MTOOLS_SKIP_CHECK: '1', TZ: 'UTC' } })).stdout
}

const layout = layOut(recipe.partitions, recipe.diskSize)

/** A partition's file system on the finished disk, as debugfs takes it. */
function on(name: string): string {
  const offset = layout.partitions.find((partition) => partition.name === name)?.offset ?? 0
  return `${raw}?offset=${offset}`
}

const inRoot = (request: string): Promise<string> => text(['debugfs', '-R', request, on('A_root')])

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
    'home/admin/.profile': 'profile\n',
    'root/.profile': 'profile\n',
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
  mkdirSync(diskFolder)
  mkdirSync(disk)
  const base = await writeBase()
  const binaries = [await replica()]
  await makeRoot(recipe, base, rootFolder)
  await makeDisk(recipe, rootFolder, diskFolder)
  await makeImage({ recipe, binaries, version: 'v1', updateImage: true }, diskFolder, disk)
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
      'ID=debian\nIMAGE_ID=sample\nVARIANT_ID=prod\nIMAGE_VERSION="v1"\n',
    )
  })

  test('has /var and the homes elsewhere, and places to mount on', async () => {
    expect(await text(['debugfs', '-R', 'stat /lib/dpkg/status', on('A_var')])).toMatch(/User: +7 +Group: +7/)
    expect(await text(['debugfs', '-R', 'ls -p /home', on('A_var')])).toMatch('/admin/')
    expect(await inRoot('stat /home')).toMatch('Fast link dest: "var/home"')
    expect(await inRoot('stat /var/lib')).toBe('')
    for (const folder of ['efi', 'boot/config', 'store', 'var']) {
      expect(await inRoot(`stat /${folder}`)).toMatch(/Type: directory +Mode: +0755/)
    }
  })

  test('keeps the owners of the base, and neither kernel nor devices', async () => {
    expect(await inRoot('stat /usr/lib/systemd/system/replica.service')).toMatch(/User: +7 +Group: +7/)
    expect(await inRoot('ls -p /boot')).not.toMatch(/vmlinuz|config-/)
    expect(await inRoot('ls -p /dev')).not.toMatch('null')
  })

  test('bears one time, and passes its check', async () => {
    expect(await inRoot('stat /opt/ic/share/version.txt')).toMatch(/mtime: 0x67748580/)
    expect(await inRoot('stat /etc')).toMatch(/mtime: 0x67748580/)
    for (const name of ['A_root', 'A_var', 'config']) await run(['e2fsck', '-fn', on(name)])
  })
})

describe('the disk', () => {
  test('is a compact image that is not to be written to, and an update', async () => {
    expect(readdirSync(disk)).toEqual(['disk.qcow2', 'update-img.tar.zst'])
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
      { name: 'config', start: 133120, size: 32768 },
      { name: 'A_root', start: 165888, size: 16384 },
      { name: 'B_root', start: 182272, size: 16384 },
      { name: 'A_var', start: 198656, size: 32768 },
      { name: 'B_var', start: 231424, size: 32768 },
    ])
    await run(['sfdisk', '--verify', raw])
  })

  test('boots from files on the ESP', async () => {
    const esp = `${raw}@@1M`
    const read = (file: string): Promise<string> => text(['mtype', '-i', esp, `::/${file}`])
    expect(await read('EFI/BOOT/BOOTX64.EFI')).toBe('loader')
    expect(await read('a/linux')).toBe('kernel')
    expect(await read('a/initrd')).toBe('initrd')
    expect(await read('loader/entries/slot-a.conf')).toMatch('options root=PARTLABEL=A_root ro\n')
    expect(await text(['mdir', '-i', esp, '::/loader'])).toMatch(/2025-01-01 +0:00 +loader\.conf/)
  })

  test('leaves slot B empty', async () => {
    const root = layout.partitions.find(({ name }) => name === 'B_root')
    await run([
      'cmp',
      `--ignore-initial=${root?.offset ?? 0}:0`,
      `--bytes=${root?.bytes ?? 0}`,
      raw,
      '/dev/zero',
    ])
  })
})

describe('the update', () => {
  /** Applies the update by its manifest, as a slot would. */
  async function applied(): Promise<string> {
    const into = scratch()
    await run([
      'tar',
      '--extract',
      '--zstd',
      `--file=${path.join(disk, 'update-img.tar.zst')}`,
      `--directory=${into}`,
    ])
    const manifest = readFileSync(path.join(into, 'manifest'), 'utf8')
    for (const [, name = '', bytes, digest] of manifest.matchAll(/^file (\S+) (\d+) (\S+)$/gm)) {
      expect([name, statSync(path.join(into, name)).size]).toEqual([name, Number(bytes)])
      expect(await fileDigest(path.join(into, name))).toBe(digest)
    }
    const root = path.join(into, 'root')
    let skip = 0
    for (const [, offset, bytes] of manifest.matchAll(/^extent (\d+) (\d+)$/gm)) {
      const [seek, count] = [Number(offset) / 4096, Number(bytes) / 4096]
      const numbers = [`seek=${seek}`, `skip=${skip}`, `count=${count}`]
      await run([
        'dd',
        `if=${into}/patch`,
        `of=${root}`,
        'bs=4096',
        ...numbers,
        'conv=notrunc',
        'status=none',
      ])
      skip += count
    }
    truncateSync(root, 8 * 2 ** 20)
    return root
  }

  test('makes the very root file system of the image', async () => {
    const offset = layout.partitions.find(({ name }) => name === 'A_root')?.offset ?? 0
    await run(['cmp', `--ignore-initial=${offset}:0`, `--bytes=${8 * 2 ** 20}`, raw, await applied()])
  })
})

describe('two images', () => {
  async function another(version: string): Promise<string> {
    const into = scratch()
    const binaries = [await replica()]
    await makeImage({ recipe, binaries, version, updateImage: false }, diskFolder, into)
    return path.join(into, 'disk.qcow2')
  }
  const image = path.join(disk, 'disk.qcow2')

  test('of the same inputs are the same', async () => {
    const same = await another('v1')
    expect(await fileDigest(same)).toBe(await fileDigest(image))
    expect(await compare([image, same], scratch())).toEqual([])
  })

  test('of two versions differ in the files that hold them', async () => {
    const found = await compare([image, await another('v2')], scratch())
    expect(found.map((text) => text.split('\n')[0])).toEqual([
      'A_root /opt/ic/share/version.txt:',
      'A_root /usr/lib/os-release:',
    ])
  })
})

import { afterAll } from '@jest/globals'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Caches } from '../../../src/image/cache.js'
import { openStore, type Store } from '../../../src/image/store.js'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder of the test file's own, removed after it. */
export function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'image-test-'))
  folders.push(folder)
  return folder
}

export function write(folder: string, files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
    chmodSync(file, text.startsWith('#!') ? 0o755 : 0o644)
  }
  return folder
}

export const sampleRecipe = `schema: 1
name: sample
base: debian-bookworm
packages: [packages.txt]
skeleton: skeleton
users: [{ name: admin, groups: [sudo] }]
components: [components/a]
binaries: { replica: replica }
units:
  enable: [replica.service]
kernel-command-line: [ro]
partitions:
  - { name: esp, type: esp, size: 64M }
  - { name: config, type: config, size: 16M }
  - { name: A_root, type: root, size: 8M }
  - { name: B_root, type: root, size: 8M }
  - { name: A_var, type: var, size: 16M }
  - { name: B_var, type: var, size: 16M }
disk-size: 160M
variants:
  dev: { packages: [dev.txt] }
`

/** A recipe with all its files; returns its recipe.yml. */
export function writeSample(recipe = sampleRecipe): string {
  const folder = write(scratch(), {
    'recipe.yml': recipe,
    'packages.txt': 'openssh-server\nsudo # for admin\n',
    'dev.txt': 'strace\n',
    'skeleton/etc/first': 'first\n',
    'components/a/etc/a.conf': 'a\n',
    'components/a/usr/bin/tool': '#!/bin/sh\n',
    replica: '#!/bin/sh\n',
  })
  return path.join(folder, 'recipe.yml')
}

/** Caches of a build that has none of them. */
export function noCaches(change: Partial<Caches> = {}): Caches {
  return { mode: 'read-write', store: undefined, remote: undefined, scratch: scratch(), ...change }
}

/** An image store in a folder of its own. */
export function sampleStore(limit = 2 ** 40): Store {
  return openStore({ folder: scratch(), limit })
}

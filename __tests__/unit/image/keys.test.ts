import { beforeEach, describe, expect, test } from '@jest/globals'
import { chmodSync, utimesSync } from 'node:fs'
import path from 'node:path'
import { baseKey } from '../../../src/image/base-layer.js'
import { selectBinaries } from '../../../src/image/binaries.js'
import { diskKey } from '../../../src/image/disk-layer.js'
import { imageKey } from '../../../src/image/image-layer.js'
import { readRecipe, type Variant } from '../../../src/image/recipe.js'
import { rootKey } from '../../../src/image/root-layer.js'
import { noCaches, sampleRecipe, write, writeSample } from './sample-recipe.js'

const layers = ['base', 'root', 'disk', 'image'] as const
type Layer = (typeof layers)[number]

let file: string
let folder: string

interface Given {
  variant?: Variant
  version?: string
  mirrors?: string[]
  snapshot?: string
  binary?: string
  updateImage?: boolean
}

async function keys(given: Given = {}): Promise<Record<Layer, string>> {
  const recipe = readRecipe(file, given.variant ?? 'prod')
  const sources = given.binary === undefined ? [] : [{ name: 'replica', path: given.binary }]
  const binaries = await selectBinaries(recipe, sources, noCaches())
  const base = await baseKey({ recipe, mirrors: given.mirrors ?? [], snapshot: given.snapshot })
  const root = await rootKey(base, recipe)
  const contents = { binaries, version: given.version ?? '1', updateImage: given.updateImage ?? true }
  const disk = diskKey(root, recipe)
  return { base, root, disk, image: imageKey(disk, { recipe, ...contents }) }
}

/** Which layers are made anew when `change` is done. */
async function madeAnew(change: () => Given | undefined): Promise<Layer[]> {
  const before = await keys()
  const after = await keys(change() ?? {})
  return layers.filter((layer) => before[layer] !== after[layer])
}

const everything = layers
const fromRoot: Layer[] = ['root', 'disk', 'image']
const fromDisk: Layer[] = ['disk', 'image']
const imageAlone: Layer[] = ['image']

beforeEach(() => {
  file = writeSample()
  folder = path.dirname(file)
})

function edit(from: string, to: string): undefined {
  write(folder, { 'recipe.yml': sampleRecipe.replace(from, to) })
}

function put(files: Record<string, string>): undefined {
  write(folder, files)
}

function chmod(name: string, mode: number): undefined {
  chmodSync(path.join(folder, name), mode)
}

function age(name: string): undefined {
  utimesSync(path.join(folder, name), 1, 1)
}

describe('keys of the layers', () => {
  test.each<[string, () => Given | undefined, readonly Layer[]]>([
    [
      'a package',
      () => {
        put({ 'packages.txt': 'openssh-server\nsudo\ncurl\n' })
      },
      everything,
    ],
    [
      'the base',
      () => {
        edit('debian-bookworm', 'ubuntu-noble')
      },
      everything,
    ],
    [
      'a user',
      () => {
        edit('groups: [sudo]', 'system: true')
      },
      everything,
    ],
    [
      'the skeleton',
      () => {
        put({ 'skeleton/etc/first': 'second\n' })
      },
      everything,
    ],
    ['the mirror', () => ({ mirrors: ['https://mirror.example/debian'] }), everything],
    ['the snapshot', () => ({ snapshot: '20261101T000000Z' }), everything],
    ['a variant with packages of its own', () => ({ variant: 'dev' as const }), everything],
    [
      "a component's bytes",
      () => {
        put({ 'components/a/etc/a.conf': 'b\n' })
      },
      fromRoot,
    ],
    [
      "a component's executable bit",
      () => {
        chmod('components/a/etc/a.conf', 0o755)
      },
      fromRoot,
    ],
    [
      'a file more in a component',
      () => {
        put({ 'components/a/etc/b.conf': 'a\n' })
      },
      fromRoot,
    ],
    [
      'a binary of the recipe',
      () => {
        put({ replica: '#!/bin/bash\n' })
      },
      imageAlone,
    ],
    [
      'a binary of the input',
      () => ({ binary: path.join(write(folder, { own: 'own' }), 'own') }),
      imageAlone,
    ],
    [
      'a unit',
      () => {
        edit('enable:', 'mask:')
      },
      fromRoot,
    ],
    ['the version', () => ({ version: '2' }), imageAlone],
    ['no update image', () => ({ updateImage: false }), imageAlone],
    [
      'the kernel command line',
      () => {
        edit('[ro]', '[rw]')
      },
      fromDisk,
    ],
    [
      'the size of the disk or of the ESP',
      () => {
        edit('64M', '65M')
      },
      fromDisk,
    ],
    [
      'the size of a file system',
      () => {
        edit('type: config, size: 16M', 'type: config, size: 17M')
      },
      fromDisk,
    ],
  ])('%s', async (_what, change, anew) => {
    expect(await madeAnew(change)).toEqual(anew)
  })

  test.each<[string, () => Given | undefined]>([
    [
      'a comment in the recipe',
      () => {
        edit('schema: 1', '# new\nschema: 1')
      },
    ],
    [
      'a comment and the order of packages',
      () => {
        put({ 'packages.txt': '# x\nsudo\nopenssh-server\n' })
      },
    ],
    [
      'the age of a file',
      () => {
        age('components/a/etc/a.conf')
      },
    ],
    [
      'the bits of a mode that git does not keep',
      () => {
        chmod('components/a/etc/a.conf', 0o664)
      },
    ],
    [
      'a binary of the input with the same bytes',
      () => ({ binary: path.join(write(folder, { own: '#!/bin/sh\n' }), 'own') }),
    ],
    [
      'packages of the other variant',
      () => {
        put({ 'dev.txt': 'gdb\n' })
      },
    ],
  ])('%s changes none', async (_what, change) => {
    expect(await madeAnew(change)).toEqual([])
  })

  test('do not depend on where the recipe lies', async () => {
    const here = await keys()
    file = writeSample()
    folder = path.dirname(file)
    expect(await keys()).toEqual(here)
  })
})

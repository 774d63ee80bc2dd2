import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv } from 'ajv'
import { getInputs } from '../../../actions/build/inputs.js'
import { readPackageList } from '../../../src/image/packages.js'
import { build, type BuildResult } from '../../../src/image/build.js'
import { manifestSchema } from '../../../src/image/manifest-schema.js'
import { run } from '../../../src/runtime/process.js'
import { inputsOf } from '../../fixtures/action-inputs.js'
import { scratch, write } from './sample-recipe.js'

let folder: string
const inFolder = (name: string): string => path.join(folder, name)

/** Makes a raw image whose first bytes are those of source.txt, and counts how often it ran. */
const script = `#!/bin/bash
echo ran >> "$1/runs"
truncate --size 1M "$1/disk.img"
dd if="$1/source.txt" of="$1/disk.img" conv=notrunc status=none
`

interface Given {
  readonly command?: string
  readonly image?: string
  readonly more?: Readonly<Record<string, string>>
}

function buildFrom({ command = '', image = 'disk.img', more = {} }: Given = {}): Promise<BuildResult> {
  const given = {
    'build-command': `${inFolder('make.sh')} ${folder}\n${command}`,
    'image-path': inFolder(image),
    'cache-inputs': `${folder}/*.txt\n${folder}/make.sh`,
    'local-cache': inFolder('store'),
    output: inFolder('output'),
    version: '1',
    ...more,
  }
  return build(getInputs(inputsOf('build', given)))
}

const runs = (): number => readFileSync(inFolder('runs'), 'utf8').split('\n').length - 1

async function firstBytes(image: string): Promise<string> {
  const raw = inFolder('check.raw')
  await run(['qemu-img', 'convert', '-O', 'raw', image, raw])
  return readFileSync(raw).toString('latin1', 0, 5)
}

beforeEach(() => {
  folder = write(scratch(), { 'make.sh': script, 'source.txt': 'first' })
})

describe('an external build', () => {
  test('runs when something it reads has changed, and only then', async () => {
    const made = await buildFrom()
    expect([made.cacheHit, await firstBytes(made.image)]).toEqual(['false', 'first'])
    expect([(await buildFrom()).cacheHit, runs()]).toEqual(['local', 1])

    writeFileSync(inFolder('source.txt'), 'other')
    const changed = await buildFrom()
    expect([changed.cacheHit, await firstBytes(changed.image)]).toEqual(['false', 'other'])
    chmodSync(inFolder('source.txt'), 0o755)
    expect((await buildFrom()).cacheHit).toBe('false')
    writeFileSync(inFolder('more.txt'), '')
    expect((await buildFrom()).cacheHit).toBe('false')
    expect((await buildFrom({ command: 'true' })).cacheHit).toBe('false')
    expect((await buildFrom({ more: { version: '2' } })).cacheHit).toBe('false')
    expect([(await buildFrom()).cacheHit, runs()]).toEqual(['local', 6])
  })

  test.each([
    ['qcow2', 'image.qcow2', 'qemu-img convert -O qcow2 disk.img image.qcow2'],
    ['.tar.gz', 'image.tar.gz', 'tar -Sczf image.tar.gz ./disk.img'],
    ['.tar.zst', 'image.tar.zst', 'tar -Scf image.tar.zst --zstd disk.img'],
  ])('may give %s, and comes out as a compact qcow2', async (_what, image, command) => {
    const made = await buildFrom({ image, command: `cd ${folder} && ${command}` })
    expect(await firstBytes(made.image)).toBe('first')
    const { stdout } = await run(['qemu-img', 'info', '--output=json', made.image])
    expect(stdout).toMatch('"compression-type": "zstd"')
    await run(['qemu-img', 'check', made.image])
    await run(['qemu-img', 'compare', made.image, inFolder('disk.img')])
    expect(made.bytes).toBeLessThan(400_000)
  })

  test('says in its manifest what it was made from', async () => {
    const made = await buildFrom()
    const written: unknown = JSON.parse(readFileSync(made.manifest, 'utf8'))
    const validate = new Ajv({ allowUnionTypes: true }).compile(manifestSchema)
    expect(validate(written) ? [] : validate.errors).toEqual([])
    expect(Object.keys((written as { inputs: object }).inputs)).toEqual([
      path.relative('', inFolder('make.sh')),
      path.relative('', inFolder('source.txt')),
    ])
    expect(made.sbom).toBeUndefined()
  })

  test('is told the version and variant, and no token', async () => {
    process.env.ACTIONS_RUNTIME_TOKEN = 'secret'
    try {
      const command = `echo "$IMAGE_VERSION $IMAGE_VARIANT $ACTIONS_RUNTIME_TOKEN" > ${inFolder('told')}`
      await buildFrom({ command, more: { variant: 'prod' } })
    } finally {
      delete process.env.ACTIONS_RUNTIME_TOKEN
    }
    expect(readFileSync(inFolder('told'), 'utf8').trim()).toBe('1 prod')
  })

  test.each<[string, Given, RegExp]>([
    [
      'leaves no image',
      { image: 'none.img' },
      /Input image-path: ".*none.img" .* not there after build-command/,
    ],
    [
      'leaves a text',
      { command: '', image: 'source.txt' },
      /image-path.*its 5 bytes are no whole number of sectors/,
    ],
    [
      'leaves an archive without disk.img',
      { image: 'a.tar', command: 'tar -cf $F/a.tar -C $F source.txt' },
      /image-path.*disk\.img: Not found/,
    ],
    ['fails', { command: 'false' }, /exit status 1/],
    ['fails within a pipe', { command: 'false | true' }, /exit status 1/],
    [
      'reads nothing that is there',
      { more: { 'cache-inputs': '/nowhere/*' } },
      /Input cache-inputs: "\/nowhere\/\*" is not valid; allowed: patterns that match files/,
    ],
  ])('that %s is refused', async (_what, given, message) => {
    const command = (given.command ?? '').replaceAll('$F', folder)
    await expect(buildFrom({ ...given, command })).rejects.toThrow(message)
  })

  test.each<[Record<string, string>, string]>([
    [
      { 'build-command': 'make', 'cache-inputs': '*' },
      'Input image-path: "" is not valid; allowed: with build-command, the path of the image that it makes',
    ],
    [
      { 'build-command': 'make', 'image-path': 'x' },
      'Input cache-inputs: "" is not valid; allowed: with build-command, glob patterns of all files that it reads',
    ],
    [{ 'image-path': 'x' }, 'Input image-path: "x" is not valid; allowed: nothing without build-command'],
    [{ 'cache-inputs': 'x' }, 'Input cache-inputs: "x" is not valid; allowed: nothing without build-command'],
    [
      { 'build-command': 'make', binaries: 'a=/etc/hostname' },
      'Input binaries: "a=/etc/hostname" is not valid; allowed: nothing with build-command, which takes the place of a recipe',
    ],
    [
      { 'build-command': 'make', packages: 'bench' },
      'Input packages: "bench" is not valid; allowed: nothing with build-command, which takes the place of a recipe',
    ],
    [
      { packages: 'bench\n/none.txt' },
      'Input packages: "/none.txt" is not valid; allowed: bench, and files that exist, one a line',
    ],
    [
      { 'build-command': 'make', recipe: 'guestos/recipe.yml' },
      'Input recipe: "guestos/recipe.yml" is not valid; allowed: guestos with build-command, which takes the place of a recipe',
    ],
  ])('is refused with %j', (given, message) => {
    expect(() => getInputs(inputsOf('build', { output: 'x', version: '1', ...given }))).toThrow(message)
  })
})

test('the input packages names lists of its own, and that of the benchmarks', () => {
  const given = { output: 'x', version: '1', packages: 'bench\npackage.json' }
  const [bench = '', own] = getInputs(inputsOf('build', given)).packages
  expect(readPackageList(bench)).toEqual(['fio', 'stress-ng', 'sysbench'])
  expect(own).toBe(path.resolve('package.json'))
})

describe('the input local-cache', () => {
  const before = { ...process.env }
  afterEach(() => {
    process.env = { ...before }
  })
  const localCache = (value: string): string | undefined =>
    getInputs(inputsOf('build', { output: 'x', version: '1', 'local-cache': value })).localCache

  test('is by itself a folder in the tool cache of a self-hosted runner, and none elsewhere', () => {
    Object.assign(process.env, { RUNNER_TOOL_CACHE: '/tools', RUNNER_ENVIRONMENT: 'self-hosted' })
    expect([localCache('auto'), localCache('/x'), localCache('')]).toEqual([
      '/tools/guestos-images',
      '/x',
      undefined,
    ])
    process.env.RUNNER_ENVIRONMENT = 'github-hosted'
    expect([localCache('auto'), localCache('/x')]).toEqual([undefined, '/x'])
  })
})

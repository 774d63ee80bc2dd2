import { expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import { buildSummary } from '../../../src/image/summary.js'
import { manifestSchema } from '../../../src/image/manifest-schema.js'
import { manifest, toolVersions } from '../../../src/image/manifest.js'
import { readRecipe } from '../../../src/image/recipe.js'
import { writeSample } from './sample-recipe.js'

test('a manifest says what an image was made from and with, in the published form', async () => {
  const digest = 'a'.repeat(64)
  const recipe = readRecipe(writeSample(), 'prod')
  const written = manifest(
    { recipe, version: 'v1', mirrors: [], snapshot: undefined },
    { base: digest, root: digest, disk: digest, image: digest },
    {
      binaries: { replica: digest },
      packages: [{ name: 'sudo', version: '1', architecture: 'amd64' }],
      image: { bytes: 1, sha256: digest },
      tools: {
        base: await toolVersions('base'),
        disk: await toolVersions('disk'),
        image: await toolVersions('image'),
      },
    },
  )
  const validate = new Ajv({ allowUnionTypes: true }).compile(manifestSchema)
  expect(validate(JSON.parse(JSON.stringify(written))) ? [] : validate.errors).toEqual([])
  expect(written).toMatchObject({ snapshot: null, binaries: { replica: digest } })
  expect(written.tools.image['qemu-img']).toMatch(/^qemu-img version \d/)
  expect(written.tools.disk['mkfs.vfat']).toMatch(/^mkfs.fat \d/)
})

test('the summary says how every layer came about', () => {
  const summary = buildSummary({
    image: '/tmp/guestos-dev.qcow2',
    imageDigest: 'sha256:12',
    bytes: 2 ** 20,
    updateImage: undefined,
    version: 'v1',
    cacheHit: 'false',
    cacheKey: 'guestos-image-12',
    manifest: '',
    sbom: undefined,
    steps: [
      { name: 'base', how: 'local cache', milliseconds: 100 },
      { name: 'root', how: 'made', milliseconds: 4000 },
    ],
  })
  expect(summary).toMatch('| Size | 1 MiB |')
  expect(summary).toMatch('| base | local cache | 0.10 s |')
  expect(summary).toMatch('| root | made | 4.0 s |')
})

import { expect, test } from '@jest/globals'
import { Spec, Validation } from '@cyclonedx/cyclonedx-library'
import type { Manifest } from '../../../src/image/manifest.js'
import { sbom } from '../../../src/image/sbom.js'

const digest = 'a'.repeat(64)
const manifest: Manifest = {
  schema: 1,
  name: 'sample',
  variant: 'prod',
  version: 'v1',
  base: 'debian-bookworm',
  snapshot: null,
  mirrors: [],
  layers: { base: digest, root: digest, disk: digest, image: digest },
  binaries: { replica: digest },
  packages: [
    { name: 'libstdc++6', version: '12.2.0-14+deb12u1', architecture: 'amd64' },
    { name: 'sudo', version: '1:1.9.13p3~1', architecture: 'amd64' },
  ],
  image: { bytes: 1, sha256: digest },
  tools: { base: {}, disk: {}, image: {} },
}

test('a bill of materials is valid CycloneDX', async () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6)
  expect(await validator.validate(JSON.stringify(sbom(manifest)))).toBeNull()
  expect(await validator.validate(JSON.stringify({ ...sbom(manifest), components: [{}] }))).not.toBeNull()
})

test('a bill of materials names packages by URL, programs by digest, and the image', () => {
  const { components, metadata } = sbom(manifest)
  expect(components.map(({ purl, name }) => purl ?? name)).toEqual([
    'pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64&distro=bookworm',
    'pkg:deb/debian/sudo@1%3A1.9.13p3~1?arch=amd64&distro=bookworm',
    '/opt/ic/bin/replica',
  ])
  expect(components[2]?.hashes).toEqual([{ alg: 'SHA-256', content: digest }])
  expect(metadata.component).toMatchObject({ type: 'operating-system', version: 'v1' })
})

test('the same image gives the same bill', () => {
  expect(JSON.stringify(sbom(manifest))).toBe(JSON.stringify(sbom(manifest)))
})

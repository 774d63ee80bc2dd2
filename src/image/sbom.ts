import type { Manifest } from './manifest.js'

/** A component as CycloneDX has it. Source: https://cyclonedx.org/docs/1.6/json/#components */
interface Component {
  readonly type: 'operating-system' | 'library' | 'file'
  readonly 'bom-ref': string
  readonly name: string
  readonly version?: string
  readonly purl?: string
  readonly hashes?: readonly { readonly alg: 'SHA-256'; readonly content: string }[]
}

/** A software bill of materials. The same image gives the same bytes: it bears no time and no random serial number. */
export interface Sbom {
  readonly bomFormat: 'CycloneDX'
  readonly specVersion: '1.6'
  readonly version: 1
  readonly metadata: { readonly component: Component }
  readonly components: readonly Component[]
}

/** What is in an image: every Debian package, and every program that was put there. */
export function sbom(manifest: Manifest): Sbom {
  const { name, variant, version, image, base, packages, binaries } = manifest
  const [distribution = '', release = ''] = base.split('-')
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'operating-system',
        'bom-ref': `image:${image.sha256}`,
        name: `${name}-${variant}`,
        version,
        hashes: [{ alg: 'SHA-256', content: image.sha256 }],
      },
    },
    components: [
      ...packages.map((item): Component => {
        const purl = packageUrl(distribution, release, item)
        return { type: 'library', 'bom-ref': purl, name: item.name, version: item.version, purl }
      }),
      ...Object.entries(binaries).map(([binary, content]): Component => {
        const file = `/opt/ic/bin/${binary}`
        return { type: 'file', 'bom-ref': `file:${file}`, name: file, hashes: [{ alg: 'SHA-256', content }] }
      }),
    ],
  }
}

/** Source: https://github.com/package-url/purl-spec, types/deb */
function packageUrl(
  distribution: string,
  release: string,
  { name, version, architecture }: Manifest['packages'][number],
): string {
  const [one, two, three] = [name, version, architecture].map(encodeURIComponent)
  return `pkg:deb/${distribution}/${one}@${two}?arch=${three}&distro=${release}`
}

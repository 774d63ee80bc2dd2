import type { BuildResult } from './build.js'

/** The outputs of the build action. */
export function buildOutputs(result: BuildResult): Record<string, string> {
  return {
    image: result.image,
    'image-digest': result.imageDigest,
    'update-image': result.updateImage ?? '',
    version: result.version,
    'cache-hit': result.cacheHit,
    'cache-key': result.cacheKey,
    manifest: result.manifest,
    sbom: result.sbom ?? '',
  }
}

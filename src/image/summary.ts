import { cell, table } from '../runtime/summary.js'
import { formatDuration, formatSize } from '../runtime/units.js'
import type { BuildResult } from './build.js'

/** The image, and what it took to get it, as Markdown for the step summary. */
export function buildSummary(result: BuildResult): string {
  const { image, bytes, imageDigest, version, cacheHit, cacheKey, steps } = result
  return [
    `### Image ${cell(version)}`,
    '',
    table(
      ['Image', cell(image)],
      [
        ['Size', formatSize(bytes)],
        ['Digest', cell(imageDigest)],
        ['Cache hit', cacheHit],
        ['Cache key', cell(cacheKey)],
      ],
    ),
    table(
      ['Layer', 'From', 'Time'],
      steps.map(({ name, how, milliseconds }) => [name, how, formatDuration(milliseconds)]),
      'llr',
    ),
  ].join('\n')
}

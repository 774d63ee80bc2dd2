import * as core from '@actions/core'
import { formatDuration, formatSize } from '../runtime/units.js'
import type { BuildResult } from './build.js'

/** Puts the image, and what it took to get it, into the step summary. Does nothing outside of a job. */
export async function summarise(result: BuildResult): Promise<void> {
  if (process.env.GITHUB_STEP_SUMMARY === undefined) return
  await core.summary.addRaw(summaryOf(result)).write()
}

/** Markdown. Nothing in it comes out of a guest; the schema and the inputs keep names and versions plain. */
export function summaryOf(result: BuildResult): string {
  const rows = result.steps.map(
    ({ name, how, milliseconds }) => `| ${name} | ${how} | ${formatDuration(milliseconds)} |`,
  )
  return [
    `### Image ${result.version}`,
    '',
    '| | |',
    '|---|---|',
    `| image | \`${result.image}\` |`,
    `| size | ${formatSize(result.bytes)} |`,
    `| digest | \`${result.imageDigest}\` |`,
    `| cache hit | ${result.cacheHit} |`,
    `| cache key | \`${result.cacheKey}\` |`,
    '',
    '| step | from | time |',
    '|---|---|--:|',
    ...rows,
    '',
  ].join('\n')
}

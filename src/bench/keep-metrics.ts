import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import { info } from '../runtime/log.js'
import type { BenchmarkInputs } from './inputs.js'
import { type Journal, places } from './journal.js'
import { type Figure, figuresOf } from './metrics/figures.js'
import { openMetrics } from './metrics/openmetrics.js'
import { maskUrl, push } from './metrics/push.js'
import type { RunProvenance } from './record.js'

/** Writes the node metrics of a run into its folder, sends them on where that is asked for, and gives what they show. */
export async function keepMetrics(
  { metricsPushUrl: url }: Pick<BenchmarkInputs, 'metricsPushUrl'>,
  { folder, sampling, startedAt }: Journal,
  run: RunProvenance,
): Promise<Figure[]> {
  const metrics = sampling?.metrics(startedAt ?? Date.now())
  if (!metrics) return []
  writeFileSync(path.join(folder, places.metrics), `${JSON.stringify(metrics)}\n`, { mode: 0o600 })
  const file = openSync(path.join(folder, places.openMetrics), 'wx', 0o600)
  try {
    for (const text of openMetrics(metrics)) writeSync(file, text)
  } finally {
    closeSync(file)
  }
  info(
    `Node metrics: ${metrics.sources.map(({ labels, times, series }) => `${labels.instance ?? ''} ${series.length} series at ${times.length} times`).join(', ')}`,
  )
  if (url) {
    maskUrl(url)
    await push(metrics, url, labelsOf(run))
  }
  return figuresOf(metrics)
}

/** What tells the run from others. Source of the repository's name: docs.github.com, default environment variables. */
function labelsOf({ id, sha }: RunProvenance): Record<string, string> {
  const labels = { repository: process.env.GITHUB_REPOSITORY, run: id, sha }
  return Object.fromEntries(Object.entries(labels).flatMap(([name, value]) => (value ? [[name, value]] : [])))
}

/** `npm run demo`: the workflow that users copy, run on this machine from building the image to its benchmarks. */
import path from 'node:path'
import { describe } from '../src/runtime/action.js'
import { formatSize } from '../src/runtime/units.js'
import { cancelOnSignals } from './local-runner/cancel.js'
import type { RunResult } from './local-runner/record.js'
import { runWorkflow } from './local-runner/run.js'
import { writeSummaryPage } from './local-runner/summary-page.js'
import { shown, stepTable } from './local-runner/terminal.js'

const root = path.resolve(import.meta.dirname, '..')

const place = (file: string): string => path.relative(process.cwd(), file) || '.'

/** The reports, records and logs that steps named in their outputs. */
function reports({ folder, jobs }: RunResult): string[] {
  const files = jobs.flatMap(({ steps }) => steps.flatMap((step) => Object.entries(step.files ?? {})))
  return files.map(([name, file]) => `${name.padEnd(13)} ${shown(place(path.join(folder, file)))}`)
}

function closing(result: RunResult, page: string): string[] {
  const artifacts = result.artifacts.map(
    ({ file, size }) => `${shown(place(path.join(result.folder, 'artifacts', file)))}  (${formatSize(size)})`,
  )
  const hits = result.jobs.flatMap(({ steps }) =>
    steps.flatMap(({ name, outputs }) =>
      outputs['cache-hit'] === undefined ? [] : [`${name}: cache-hit ${outputs['cache-hit']}`],
    ),
  )
  const size = result.cache.reduce((sum, entry) => sum + entry.size, 0)
  return [
    ...stepTable(result),
    '',
    ...section('Artifacts', artifacts),
    ...section('Reports', reports(result)),
    ...section('Cache', [...hits.map(shown), `${result.cache.length} entries, ${formatSize(size)}`]),
    ...section('Run record', [place(path.join(result.folder, 'run.json'))]),
    ...section('Summary', [place(page)]),
  ]
}

const section = (title: string, lines: readonly string[]): string[] =>
  (lines.length > 0 ? lines : ['none']).map(
    (line, index) => `${(index === 0 ? title : '').padEnd(12)}${line}`,
  )

try {
  const result = await runWorkflow({
    file: path.join(root, 'workflows/pull-request.yml'),
    event: 'pull_request',
    workspace: root,
    ...cancelOnSignals(),
  })
  console.log(`\n${closing(result, writeSummaryPage(result)).join('\n')}`)
  process.exitCode = result.outcome === 'success' ? 0 : 1
} catch (error) {
  console.error(describe(error))
  process.exitCode = 2
}

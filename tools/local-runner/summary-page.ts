import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { visible } from '../../src/runtime/inert.js'
import { formatDuration, formatSize } from '../../src/runtime/units.js'
import { escapeHtml, renderMarkdown } from './markdown.js'
import type { JobRecord, RunResult, StepRecord } from './record.js'

/** Writes summary.html into the run's folder: one page that needs no network and runs no script. */
export function writeSummaryPage(result: RunResult): string {
  const file = path.join(result.folder, 'summary.html')
  writeFileSync(
    file,
    summaryPage(result, (name) => readFileSync(path.join(result.folder, name), 'utf8')),
  )
  return file
}

/** @param read gives the text of a step summary by its name below the run's folder */
export function summaryPage(result: RunResult, read: (name: string) => string): string {
  const style = readFileSync(path.join(import.meta.dirname, 'summary-page.css'), 'utf8')
  const hash = createHash('sha256').update(style).digest('base64')
  const started = new Date(result.startedAt).toLocaleString('en-GB')
  const facts = [result.event, result.sha.slice(0, 12), started, formatDuration(result.seconds * 1000)]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(result.workflow)}: ${result.outcome}</title>
<style>${style}</style>
</head>
<body>
<h1>${text(result.workflow)} ${outcome(result.outcome)}</h1>
<p class="facts">${facts.map(text).join(' · ')}</p>
${problems(result)}
${result.jobs.map(jobSection).join('\n')}
${artifactSection(result)}
${result.jobs.flatMap(({ steps }) => steps.map((step) => stepSummary(step, read))).join('\n')}
${cacheSection(result)}
</body>
</html>
`
}

const text = (value: string): string => escapeHtml(visible(value))

const outcome = (value: StepRecord['outcome']): string => `<span class="outcome ${value}">${value}</span>`

function problems({ jobs }: RunResult): string {
  const errors = jobs.flatMap(({ steps }) =>
    steps.flatMap((step) =>
      step.annotations
        .filter(({ level }) => level === 'error')
        .map(
          ({ message }) =>
            `<pre class="failure">${text(step.name)}\n${message.split('\n').map(text).join('\n')}</pre>`,
        ),
    ),
  )
  return errors.join('\n')
}

function jobSection(job: JobRecord): string {
  const longest = Math.max(...job.steps.map(({ seconds }) => seconds), 0.001)
  const rows = job.steps.map((step) => {
    const skipped = step.outcome === 'skipped'
    const name =
      step.log === undefined ? text(step.name) : `<a href="${text(step.log)}">${text(step.name)}</a>`
    const width = Math.max((step.seconds / longest) * 100, 0.4).toFixed(1)
    const bar = `<svg role="presentation"><rect width="${width}%" height="100%" rx="2" class="${step.outcome}"/></svg>`
    return `<tr><td${step.depth > 0 ? ' class="inner"' : ''}>${name}</td><td>${
      skipped ? '<span class="skipped">skipped</span>' : formatDuration(step.seconds * 1000)
    }</td><td>${skipped ? '' : bar}</td></tr>`
  })
  return `<h2>${text(job.name)} ${outcome(job.outcome)}</h2>
<table class="steps"><tbody>
${rows.join('\n')}
</tbody></table>`
}

function artifactSection({ artifacts }: RunResult): string {
  if (artifacts.length === 0) return ''
  const rows = artifacts.map(
    ({ name, file, size, digest }) =>
      `<tr><td><a href="artifacts/${text(encodeURIComponent(file))}">${text(name)}</a></td><td>${formatSize(size)}</td><td><code>${text(digest)}</code></td></tr>`,
  )
  return table('Artifacts', ['Name', 'Size', 'Digest'], rows)
}

function cacheSection({ cache }: RunResult): string {
  if (cache.length === 0) return ''
  const day = (time: string): string => text(time.replace('T', ' ').slice(0, 16))
  const rows = cache.map(
    ({ key, size, createdAt, lastUsedAt }) =>
      `<tr><td><code>${text(key)}</code></td><td>${formatSize(size)}</td><td>${day(createdAt)}</td><td>${day(lastUsedAt)}</td></tr>`,
  )
  return table('Cache', ['Key', 'Size', 'Created', 'Last used'], rows)
}

const table = (
  title: string,
  columns: readonly string[],
  rows: readonly string[],
): string => `<h2>${title}</h2>
<table class="files"><thead><tr>${columns.map((column) => `<th>${column}</th>`).join('')}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table>`

function stepSummary(step: StepRecord, read: (name: string) => string): string {
  if (step.summary === undefined) return ''
  return `<section class="summary"><p class="from">${text(step.name)}</p>${renderMarkdown(read(step.summary))}</section>`
}

import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import type { RunResult } from '../../../../tools/local-runner/record.js'
import { summaryPage } from '../../../../tools/local-runner/summary-page.js'

const step = {
  name: 'Smoke <test>',
  stage: 'main',
  depth: 0,
  outcome: 'success',
  conclusion: 'success',
  seconds: 1.5,
  outputs: {},
  commands: {},
  annotations: [{ level: 'error', message: '<script>alert(1)</script>', properties: {} }],
  summary: 'a/01.md',
} as const

const result: RunResult = {
  schema: 1,
  folder: '/run',
  workflow: 'Demo',
  file: 'demo.yml',
  event: 'push',
  sha: '0'.repeat(40),
  startedAt: '2026-01-01T00:00:00.000Z',
  outcome: 'success',
  seconds: 2,
  jobs: [
    {
      id: 'a',
      name: 'a',
      outcome: 'success',
      seconds: 2,
      outputs: {},
      steps: [step],
      orphans: [],
      workspace: '',
    },
  ],
  artifacts: [],
  cache: [],
}

const pageWith = (markdown: string): string => summaryPage(result, () => markdown)

test('shows summaries as Markdown, with the tables and details that actions write', () => {
  const page = pageWith(
    '## Tests\n\n| a | b |\n|---|---|\n| 1 | `2` |\n\n<details><summary>Log</summary>x</details>',
  )
  expect(page).toContain('<h2>Tests</h2>')
  expect(page).toContain('<td><code>2</code></td>')
  expect(page).toContain('<details><summary>Log</summary>x</details>')
  expect(page).toContain('Smoke &lt;test&gt;')
})

test.each([
  ['<script>alert(1)</script>'],
  ['<img src=x onerror=alert(1)>'],
  ['[x](javascript:alert(1))'],
  ['<a href="&#106;avascript:alert(1)">x</a>'],
  ['<svg><style><img title="</style><img src=x onerror=alert(1)>"></svg>'],
  ['<iframe src="https://example.com"></iframe>'],
  ['<td style="position:fixed" onclick="x()">y</td>'],
  ['<meta http-equiv="refresh" content="0;url=https://example.com">'],
])('leaves nothing that acts of %s', (markdown) => {
  const body = pageWith(markdown).split('<body>')[1] ?? ''
  expect(body).not.toMatch(/<(script|img|iframe|meta|style|link)|javascript:|<[^>]* (on\w+|style)=/i)
})

test('its policy allows its own style and nothing else', () => {
  const page = pageWith('')
  const style = /<style>(.*)<\/style>/s.exec(page)?.[1] ?? ''
  const hash = createHash('sha256').update(style).digest('base64')
  expect(page).toContain(
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
  )
})

import { readFileSync, readlinkSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { inertLines } from '../../../../src/runtime/inert.js'
import { alive } from '../../../fixtures/processes.js'
import { runText, stepsOf, useCheckout } from '../../../fixtures/workflow-runner.js'

const checkout = useCheckout()

describe('a run', () => {
  test('passes outputs, environment, paths and summaries from step to step and job to job', async () => {
    const result = await runText(
      checkout,
      `
on: pull_request
env: { LEVEL: workflow, FROM_WORKFLOW: 'yes' }
jobs:
  first:
    runs-on: ubuntu-latest
    env: { LEVEL: job }
    outputs:
      answer: \${{ steps.write.outputs.answer }}
    steps:
      - id: write
        env: { LEVEL: step }
        run: |
          echo "level $LEVEL $FROM_WORKFLOW"
          echo "answer=42" >> "$GITHUB_OUTPUT"
          printf 'TEXT<<END\\none\\ntwo\\nEND\\n' >> "$GITHUB_ENV"
          mkdir tools && printf '#!/bin/sh\\necho own tool' > tools/own-tool && chmod +x tools/own-tool
          echo "$PWD/tools" >> "$GITHUB_PATH"
          echo '# Summary' >> "$GITHUB_STEP_SUMMARY"
          echo '{}' > "$RUNNER_TEMP/report.json"; echo "report=$RUNNER_TEMP/report.json" >> "$GITHUB_OUTPUT"
      - id: read
        run: |
          echo "level $LEVEL"
          echo "$TEXT"
          own-tool
          echo "token:\${ACTIONS_RUNTIME_TOKEN:-none} results:\${ACTIONS_RESULTS_URL:-none}"
  second:
    needs: first
    runs-on: ubuntu-latest
    steps:
      - id: needed
        run: echo "\${{ needs.first.result }} \${{ needs.first.outputs.answer }} \${{ github.event.pull_request.head.repo.full_name == github.repository }}"
`,
    )
    expect(result.outcome).toBe('success')
    const log = (id: string): string =>
      readFileSync(path.join(result.folder, stepsOf(result)[id]?.log ?? ''), 'utf8')
    expect(log('write')).toBe('level step yes\n')
    expect(log('read')).toBe('level job\none\ntwo\nown tool\ntoken:none results:none\n')
    expect(log('needed')).toBe('success 42 true\n')
    expect(stepsOf(result).write?.outputs).toEqual({ answer: '42', report: expect.any(String) })
    expect(readFileSync(path.join(result.folder, stepsOf(result).write?.files?.report ?? ''), 'utf8')).toBe(
      '{}\n',
    )
    expect(readFileSync(path.join(result.folder, stepsOf(result).write?.summary ?? ''), 'utf8')).toBe(
      '# Summary\n',
    )
    expect(JSON.parse(readFileSync(path.join(result.folder, 'run.json'), 'utf8'))).toMatchObject({
      outcome: 'success',
      jobs: [{ id: 'first', outputs: { answer: '42' } }, { id: 'second' }],
    })
    expect(path.join(checkout.local, readlinkSync(path.join(checkout.local, 'latest')))).toBe(result.folder)
  })

  test('knows outcome and conclusion, and which steps run after a failure', async () => {
    const result = await runText(
      checkout,
      `
on: push
jobs:
  a:
    runs-on: x
    steps:
      - { id: forgiven, run: exit 3, continue-on-error: true }
      - { id: after-forgiven, run: 'echo \${{ steps.forgiven.outcome }} \${{ steps.forgiven.conclusion }}' }
      - { id: pipe, run: 'false | true' }
      - { id: bash, run: 'false | true', shell: bash }
      - { id: skipped, run: echo no }
      - { id: on-failure, if: failure(), run: echo yes }
      - { id: conditional, if: "\${{ !cancelled() && steps.bash.conclusion == 'failure' }}", run: echo yes }
  b:
    needs: a
    runs-on: x
    steps: [{ run: echo never }]
  c:
    needs: b
    if: failure()
    runs-on: x
    steps: [{ id: c, run: echo ancestor }]
`,
    )
    const steps = stepsOf(result)
    const outcomes = Object.fromEntries(
      Object.entries(steps).map(([id, step]) => [id, [step.outcome, step.conclusion]]),
    )
    expect(outcomes).toEqual({
      forgiven: ['failure', 'success'],
      'after-forgiven': ['success', 'success'],
      pipe: ['success', 'success'],
      bash: ['failure', 'failure'],
      skipped: ['skipped', 'skipped'],
      'on-failure': ['success', 'success'],
      conditional: ['success', 'success'],
      c: ['success', 'success'],
    })
    expect(result.jobs.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['a', 'failure'],
      ['b', 'skipped'],
      ['c', 'success'],
    ])
    expect(result.outcome).toBe('failure')
    expect(result.printed.join('\n')).toContain('Process completed with exit code 1.')
  })

  test('runs a matrix, and cancels the rest of it when one fails', async () => {
    const result = await runText(
      checkout,
      `
on: push
jobs:
  a:
    strategy: { matrix: { n: [1, 2, 3] } }
    runs-on: x
    outputs: { last: '\${{ steps.s.outputs.n }}' }
    steps:
      - { id: s, run: 'echo n=\${{ matrix.n }}-\${{ strategy.job-total }} >> $GITHUB_OUTPUT; test \${{ matrix.n }} != 2' }
`,
    )
    expect(result.jobs.map(({ name, outcome, outputs }) => [name, outcome, outputs])).toEqual([
      ['a (1)', 'success', { last: '1-3' }],
      ['a (2)', 'failure', { last: '2-3' }],
      ['a (3)', 'cancelled', {}],
    ])
  })

  test('a step that outlasts timeout-minutes fails', async () => {
    const result = await runText(
      checkout,
      'on: push\njobs: { a: { runs-on: x, steps: [{ id: s, run: exec sleep 60, timeout-minutes: 0.005 }] } }',
    )
    expect(stepsOf(result).s?.outcome).toBe('failure')
    expect(result.printed.join('\n')).toContain('has timed out after 0.005 minutes')
  })

  test('secrets are masked in logs, on the terminal and in the record', async () => {
    const result = await runText(
      checkout,
      `on: push\njobs: { a: { runs-on: x, steps: [{ id: s, run: 'echo \${{ secrets.KEY }}; v=hid; echo ::add-mask::\${v}den; echo \${v}den' }] } }`,
      { secrets: { KEY: 'sesame' } },
    )
    const everything = [readFileSync(path.join(result.folder, 'a/01.log'), 'utf8'), ...result.printed].join(
      '\n',
    )
    expect(everything).not.toMatch(/sesame|hidden/)
    expect(readFileSync(path.join(result.folder, 'run.json'), 'utf8')).not.toContain('sesame')
  })

  test('what a step leaves running is ended with the job', async () => {
    const yaml = `on: push
jobs: { a: { runs-on: x, steps: [{ id: s, run: 'sleep 300 >/dev/null 2>&1 & echo pid=$! >> $GITHUB_OUTPUT' }, { run: 'kill -0 \${{ steps.s.outputs.pid }}' }] } }`
    const result = await runText(checkout, yaml)
    expect(result.outcome).toBe('success')
    const pid = stepsOf(result).s?.outputs.pid
    expect(result.jobs[0]?.orphans).toEqual([`sleep (${pid ?? ''})`])
    expect(alive(Number(pid))).toBe(false)
  })
})

test('hostile output holds commands that are counted, and none once it went through inert', async () => {
  const hostile = 'a\r::set-output name=x::y\nfoo ##[error]x\n\u0085::error::z\n ::warning::w\n'
  const print = (text: string): string => `echo ${Buffer.from(text).toString('base64')} | base64 -d`
  const steps = [
    `{ id: raw, run: ${print(hostile)} }`,
    `{ id: inert, run: ${print(inertLines(hostile).join('\n'))} }`,
  ]
  const result = await runText(checkout, `on: push\njobs: { a: { runs-on: x, steps: [${steps.join()}] } }`)
  expect(stepsOf(result).raw?.commands).toEqual({ 'set-output': 1, error: 2, warning: 1 })
  expect(stepsOf(result).inert?.commands).toEqual({})
})

import { failureClasses } from '../runtime/errors.js'
import { isolations } from './test.js'

const object = (required: readonly string[], properties: object): object => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
})
const text = { type: 'string' }
const texts = { type: 'array', items: text }
const textOrNull = { type: ['string', 'null'] }
const count = { type: 'integer', minimum: 0 }
const seconds = { type: 'number', minimum: 0 }
const status = { enum: ['passed', 'failed', 'skipped'] }

const attempt = object(['status', 'seconds', 'tries', 'exitCode', 'timedOut'], {
  status,
  seconds,
  tries: { type: 'integer', minimum: 1, description: 'how often it was tried within its `within`' },
  exitCode: { type: ['integer', 'null'], description: 'null when it did not end by itself' },
  timedOut: { type: 'boolean' },
  reason: text,
})

const subtest = object(['name', 'status'], {
  name: text,
  status: { enum: ['passed', 'failed', 'skipped', 'todo'] },
  reason: text,
})

const test = object(
  [
    ...['name', 'source', 'status', 'flaky', 'seconds', 'attempts', 'stdout', 'stderr', 'subtests'],
    ...['isolation', 'vm', 'console'],
  ],
  {
    name: text,
    source: {
      description: 'null for a built-in check',
      oneOf: [
        { type: 'null' },
        object(['file', 'line'], { file: text, line: { type: 'integer', minimum: 1 } }),
      ],
    },
    status,
    flaky: { type: 'boolean', description: 'passed, and not at the first attempt' },
    seconds,
    reason: text,
    attempts: { type: 'array', items: attempt, description: 'empty when it never ran to an end' },
    stdout: text,
    stderr: text,
    subtests: { type: 'array', items: subtest },
    isolation: { enum: [...isolations] },
    vm: { ...textOrNull, description: 'the VM or fork that it ran in; null when it never ran' },
    console: { ...texts, description: 'what the console printed meanwhile, each line with its time' },
  },
)

/** JSON Schema of the smoke report; published as docs/schemas/smoke-report.json. */
export const reportSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Smoke report',
  description: 'What a run of smoke tests found. Text that came from the guest has been made inert.',
  ...object(['schema', 'startedAt', 'seconds', 'vm', 'counts', 'tests'], {
    schema: { const: 1 },
    startedAt: { type: 'string', description: 'ISO 8601' },
    seconds,
    vm: object(['name', 'image', 'accelerator', 'qemuVersion', 'bootId'], {
      name: text,
      image: object(['path', 'digest'], { path: text, digest: textOrNull }),
      accelerator: { enum: ['kvm', 'tcg'] },
      qemuVersion: text,
      bootId: textOrNull,
    }),
    counts: object(['total', 'passed', 'failed', 'skipped', 'flaky'], {
      total: count,
      passed: { ...count, description: 'flaky tests among them' },
      failed: count,
      skipped: count,
      flaky: count,
    }),
    failure: object(['class', 'message', 'evidence'], {
      class: { enum: [...failureClasses] },
      message: text,
      stage: text,
      evidence: texts,
      advice: text,
    }),
    tests: { type: 'array', items: test },
  }),
}

const text = { type: 'string' } as const
const textOrNull = { type: ['string', 'null'] } as const
const amount = { type: 'number', minimum: 0 } as const
const count = { type: 'integer', minimum: 0 } as const
const share = { type: ['number', 'null'], minimum: 0, maximum: 1 } as const

function object<const P extends Record<string, unknown>>(properties: P) {
  return {
    type: 'object',
    required: Object.keys(properties),
    additionalProperties: false,
    properties,
  } as const
}

function list<const I>(items: I) {
  return { type: 'array', items } as const
}

function twice<const T>(item: T) {
  return object({ before: item, after: item })
}

const canary = {
  ...object({ cpu: amount, memory: amount, syscalls: amount }),
  type: ['object', 'null'],
} as const
const machine = { kernel: text, cpuModel: text, cpus: count, memory: count }

/** JSON Schema of the run record, version 1; published as docs/schemas/run-record.json. RunRecord says what each means. */
export const recordSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Run record of a benchmark',
  ...object({
    schema: { const: 1 },
    partial: { type: 'boolean' },
    problems: list(text),
    run: object({
      id: textOrNull,
      sha: textOrNull,
      base: textOrNull,
      trigger: textOrNull,
      attempt: { type: ['integer', 'null'], minimum: 1 },
      startedAt: text,
    }),
    environment: object({
      imageDigest: { type: ['string', 'null'], pattern: '^sha256:[0-9a-f]{64}$' },
      qemu: text,
      accelerator: { enum: ['kvm', 'tcg'] },
      guest: object(machine),
      host: object({ ...machine, load: twice(amount) }),
    }),
    boot: { type: 'object', additionalProperties: amount },
    runner: object({
      name: text,
      runs: count,
      exitCode: { type: ['integer', 'null'], minimum: 0, maximum: 255 },
      timedOut: { type: 'boolean' },
      seconds: amount,
    }),
    results: list(
      object({
        name: text,
        metric: text,
        unit: text,
        better: { enum: ['lower', 'higher'] },
        samples: list({ ...list({ type: 'number' }), minItems: 1 }),
      }),
    ),
    noise: object({
      guestSteal: share,
      hostSteal: share,
      canary: object({ guest: twice(canary), host: twice(canary) }),
    }),
    phases: list(object({ name: text, start: amount })),
    files: list(object({ path: text, bytes: count, format: textOrNull })),
  }),
} as const

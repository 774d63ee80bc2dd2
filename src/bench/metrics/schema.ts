const text = { type: 'string' } as const
const labels = { type: 'object', additionalProperties: text } as const

function object<const P extends Record<string, unknown>>(properties: P) {
  return {
    type: 'object',
    required: Object.keys(properties),
    additionalProperties: false,
    properties,
  } as const
}

/** JSON Schema of metrics.json, version 1; published as docs/schemas/metrics.json. Metrics says what each means. */
export const metricsSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Node metrics of a benchmark',
  ...object({
    schema: { const: 1 },
    startedAt: text,
    sources: {
      type: 'array',
      items: object({
        labels,
        times: { type: 'array', items: { type: 'number' } },
        series: {
          type: 'array',
          items: object({
            type: { enum: ['counter', 'gauge', 'unknown'] },
            help: text,
            name: text,
            labels,
            values: { type: 'array', items: { type: ['number', 'null'] } },
          }),
        },
      }),
    },
  }),
} as const

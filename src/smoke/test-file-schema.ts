import { isolations } from './test.js'

const duration = {
  type: 'string',
  pattern: '^(\\d+(\\.\\d+)?(ms|s|m|h))+$',
} as const

const output = {
  type: 'string',
  minLength: 1,
} as const

/** JSON Schema of a YAML file of smoke tests; published as docs/schemas/smoke-tests.json. */
export const testFileSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Smoke tests',
  description: 'a list of tests, each an object with name and run',
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    description: 'a test: an object with name and run',
    additionalProperties: false,
    required: ['name', 'run'],
    properties: {
      name: {
        type: 'string',
        minLength: 1,
        maxLength: 200,
        description: 'a name of 1 to 200 characters, unlike that of any other test',
      },
      run: {
        type: 'string',
        minLength: 1,
        maxLength: 100_000,
        description: 'POSIX shell text, run in the guest by sh -e',
      },
      expect: {
        type: 'object',
        description: 'an object with exit, stdout or stderr',
        additionalProperties: false,
        properties: {
          exit: {
            type: 'integer',
            minimum: 0,
            maximum: 255,
            description: 'an exit status from 0 to 255 (when left out, 0 passes and 77 skips)',
          },
          stdout: {
            ...output,
            description: 'text that standard output must contain, or /a JavaScript regular expression/',
          },
          stderr: {
            ...output,
            description: 'text that standard error must contain, or /a JavaScript regular expression/',
          },
        },
      },
      within: {
        ...duration,
        description:
          'a duration such as 30s: the test must become true within it, and is tried until it does',
      },
      timeout: { ...duration, description: 'a duration such as 90s or 5m: the limit of one try' },
      needs: {
        type: 'array',
        description: 'a list of names of tests that must have passed, or this one is skipped',
        items: { type: 'string', description: 'the name of a test' },
      },
      tags: {
        type: 'array',
        description: 'a list of words by which tests can be selected',
        items: { type: 'string', pattern: '^[^!\\s]\\S*$', description: 'a word that does not begin with !' },
      },
      isolation: {
        type: 'string',
        enum: [...isolations],
        description: 'shared: in the one VM, beside the other tests; fork: in a fork of its own',
      },
      group: {
        type: 'string',
        minLength: 1,
        description: 'a name: the tests of a group share one fork, in which they run one after another',
      },
      reboots: {
        type: 'boolean',
        description: 'true or false: it restarts the guest, and has passed when the guest is back',
      },
    },
  },
} as const

import { bases } from './bases.js'

const path = { type: 'string', minLength: 1, description: 'a path relative to the recipe' }
const paths = { type: 'array', items: path, description: 'a list of paths relative to the recipe' }
const unit = {
  type: 'string',
  pattern: '^[A-Za-z0-9:_.@-]+\\.(service|socket|target|timer|path|mount|automount|slice)$',
  description: 'a systemd unit such as ssh.service',
}
const units = {
  type: 'object',
  additionalProperties: false,
  description: 'systemd units to switch on and off',
  properties: {
    enable: { type: 'array', items: unit, description: 'a list of units to start at boot' },
    mask: { type: 'array', items: unit, description: 'a list of units that must never start' },
  },
}
const name = {
  type: 'string',
  pattern: '^[a-z][a-z0-9-]*$',
  description: 'lower-case letters, digits and hyphens, a letter first',
}
const size = {
  type: 'string',
  pattern: '^[1-9][0-9]*[MG]$',
  description: 'whole mebi- or gibibytes such as 128M or 2G',
}
const additions = { packages: paths, components: paths, units }
const variant = {
  type: 'object',
  additionalProperties: false,
  description: 'what a variant adds',
  properties: additions,
}

/** The form of recipe.yml. Published as docs/schemas/recipe.json for editors. `description` says what is allowed. */
export const recipeSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Recipe of an operating system image',
  description: 'a mapping with the keys schema, name, base, packages and partitions at least',
  type: 'object',
  additionalProperties: false,
  required: ['schema', 'name', 'base', 'packages', 'partitions'],
  properties: {
    schema: { const: 1, description: '1' },
    name,
    base: { enum: Object.keys(bases), description: 'the distribution release to build from' },
    ...additions,
    skeleton: path,
    users: {
      type: 'array',
      description: 'a list of users',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name'],
        description: 'a user such as {name: admin, groups: [sudo]}',
        properties: {
          name,
          groups: { type: 'array', items: name, description: 'a list of groups that exist' },
          shell: { type: 'string', pattern: '^/[A-Za-z0-9/._-]+$', description: 'an absolute path' },
          system: { type: 'boolean', description: 'true for an account that nobody logs in to' },
        },
      },
    },
    binaries: {
      type: 'object',
      description: 'name: path, installed as /opt/ic/bin/<name>',
      propertyNames: {
        pattern: '^[A-Za-z0-9][A-Za-z0-9._+-]*$',
        description: 'as name of a binary: letters, digits and . _ + -',
      },
      additionalProperties: path,
    },
    'kernel-command-line': {
      type: 'array',
      description: 'a list of kernel parameters',
      items: { type: 'string', pattern: '^[!-~]+$', description: 'a kernel parameter without spaces' },
    },
    partitions: {
      type: 'array',
      minItems: 2,
      description: 'a list of partitions, in the order of the disk',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'type', 'size'],
        description: 'a partition such as {name: A_root, type: root, size: 2G}',
        properties: {
          name: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,36}$', description: 'a GPT partition name' },
          type: { enum: ['esp', 'config', 'root', 'var'], description: 'what the partition holds' },
          size,
        },
      },
    },
    'disk-size': { ...size, description: `the size of the whole disk: ${size.description}` },
    variants: {
      type: 'object',
      additionalProperties: false,
      description: 'what the variants dev and prod add',
      properties: { dev: variant, prod: variant },
    },
  },
}

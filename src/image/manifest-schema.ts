const text = { type: 'string' }
const sha256 = { type: 'string', pattern: '^[0-9a-f]{64}$' }

const image = {
  type: 'object',
  additionalProperties: false,
  required: ['bytes', 'sha256'],
  properties: { bytes: { type: 'integer', minimum: 1 }, sha256 },
}

const tools = { type: 'object', additionalProperties: text }

const fromRecipe = {
  title: 'An image made from a recipe',
  type: 'object',
  additionalProperties: false,
  required: [
    'schema',
    'name',
    'variant',
    'version',
    'base',
    'snapshot',
    'mirrors',
    'layers',
    'binaries',
    'packages',
    'image',
    'tools',
  ],
  properties: {
    schema: { const: 1 },
    name: { ...text, description: 'Name of the recipe' },
    variant: { enum: ['dev', 'prod'] },
    version: { ...text, description: 'Version written into the image' },
    base: { ...text, description: 'Distribution release' },
    snapshot: {
      type: ['string', 'null'],
      description: 'Timestamp of the package archive; null when the image was not pinned to one',
    },
    mirrors: { type: 'array', items: text, description: 'Package sources, where not the default ones' },
    layers: {
      type: 'object',
      additionalProperties: false,
      required: ['base', 'root', 'disk', 'image'],
      properties: { base: sha256, root: sha256, disk: sha256, image: sha256 },
      description: 'Key of each layer: SHA-256 over all that goes into it',
    },
    binaries: {
      type: 'object',
      additionalProperties: sha256,
      description: 'SHA-256 of each program that was put into /opt/ic/bin',
    },
    packages: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'version', 'architecture'],
        properties: { name: text, version: text, architecture: text },
      },
      description: 'Every installed package',
    },
    image,
    tools: {
      type: 'object',
      additionalProperties: false,
      required: ['base', 'disk', 'image'],
      properties: { base: tools, disk: tools, image: tools },
      description: 'Version of each tool that made a layer, in its own words, of when the layer was made',
    },
  },
}

const fromOutside = {
  title: 'An image made by the input build-command',
  type: 'object',
  additionalProperties: false,
  required: ['schema', 'version', 'variant', 'command', 'inputs', 'image'],
  properties: {
    schema: { const: 1 },
    version: text,
    variant: { enum: ['dev', 'prod'] },
    command: { ...text, description: 'The command, as shell text' },
    inputs: {
      type: 'object',
      additionalProperties: { type: 'string', pattern: '^(0644 sha256:|0755 sha256:|link )' },
      description: 'Mode and digest, or target of a symbolic link, of each file that went into the key',
    },
    image,
  },
}

/** The form of a build manifest. Published as docs/schemas/manifest.json. */
export const manifestSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'What an image was made from and with',
  oneOf: [fromRecipe, fromOutside],
}

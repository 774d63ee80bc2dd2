import { describe, expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { manifestSchema } from '../../../src/image/manifest-schema.js'
import { recipeSchema } from '../../../src/image/recipe-schema.js'
import { readRecipe } from '../../../src/image/recipe.js'
import { sampleRecipe, writeSample } from './sample-recipe.js'

const root = path.resolve(import.meta.dirname, '../../..')
const guestos = path.join(root, 'guestos/recipe.yml')

function messageOf(recipe: string): string {
  try {
    readRecipe(writeSample(recipe), 'dev')
  } catch (error) {
    // Where the recipe lies is the test's own business.
    return (error as Error).message.replace(/^.*recipe\.yml/, 'recipe.yml')
  }
  return 'no error'
}

describe('a recipe', () => {
  test('is read for one variant, its paths absolute', () => {
    const file = writeSample()
    const folder = path.dirname(file)
    const dev = readRecipe(file, 'dev')
    expect(dev.packageLists).toEqual([path.join(folder, 'packages.txt'), path.join(folder, 'dev.txt')])
    expect(dev.components).toEqual([path.join(folder, 'components/a')])
    expect(dev.binaries).toEqual({ replica: path.join(folder, 'replica') })
    expect(readRecipe(file, 'prod').packageLists).toEqual([path.join(folder, 'packages.txt')])
  })

  test.each(['dev', 'prod'] as const)('comes with the project, for %s', (variant) => {
    expect(readRecipe(guestos, variant).name).toBe('guestos')
  })

  test('that comes with the project lets nobody in at the console of prod', () => {
    const gettys = [
      'getty@.service',
      'serial-getty@.service',
      'console-getty.service',
      'container-getty@.service',
    ]
    expect(readRecipe(guestos, 'prod').mask).toEqual(expect.arrayContaining(gettys))
    expect(readRecipe(guestos, 'prod').enable.filter((unit) => unit.includes('getty'))).toEqual([])
    expect(readRecipe(guestos, 'dev').enable).toContain('serial-getty@ttyS0.service')
  })

  test.each([
    [
      'an unknown key',
      sampleRecipe.replace('skeleton:', 'skeletons:'),
      'recipe.yml:5: skeletons: unknown key; allowed: schema, name, base, packages, components, units, skeleton, users, binaries, kernel-command-line, partitions, disk-size, variants',
    ],
    [
      'an unknown key below',
      sampleRecipe.replace('enable:', 'enabled:'),
      'recipe.yml:10: units.enabled: unknown key; allowed: enable, mask',
    ],
    [
      'an unknown base',
      sampleRecipe.replace('bookworm', 'potato'),
      'recipe.yml:3: base: "debian-potato" is not valid; allowed: debian-bookworm, ubuntu-noble',
    ],
    [
      'a wrong size',
      sampleRecipe.replace('8M', '8MB'),
      'recipe.yml:15: partitions[2].size: "8MB" is not valid; allowed: whole mebi- or gibibytes such as 128M or 2G',
    ],
    [
      'a wrong unit',
      sampleRecipe.replace('replica.service', 'replica'),
      'recipe.yml:10: units.enable[0]: "replica" is not valid; allowed: a systemd unit such as ssh.service',
    ],
    [
      'a wrong name of a binary',
      sampleRecipe.replace('{ replica:', '{ ../replica:'),
      'recipe.yml:8: binaries: "../replica" is not valid; allowed: as name of a binary: letters, digits and . _ + -',
    ],
    [
      'a missing key',
      sampleRecipe.replace('base: debian-bookworm\n', ''),
      'recipe.yml:1: the key base is missing',
    ],
    [
      'a file that is not there',
      sampleRecipe.replace('[packages.txt]', '[package.txt]'),
      'recipe.yml:4: packages[0]: "package.txt" is not there; allowed: a file that exists',
    ],
    [
      'a file for a folder',
      sampleRecipe.replace('[components/a]', '[replica]'),
      'recipe.yml:7: components[0]: "replica" is not there; allowed: a folder that exists',
    ],
    [
      'two ESPs',
      sampleRecipe.replace('type: root', 'type: esp'),
      'recipe.yml:12: partitions: 2 partitions of type esp; allowed: exactly one',
    ],
    [
      'no slot A',
      sampleRecipe.replace('A_root', 'C_root'),
      'recipe.yml:12: partitions: C_root and B_root of type root; allowed: A_root, or A_root and B_root',
    ],
    [
      'no /var for slot B',
      sampleRecipe.replace('  - { name: B_var, type: var, size: 16M }\n', ''),
      'recipe.yml:12: partitions: A_var of type var; allowed: none, or A_var and B_var',
    ],
    [
      'slots of two sizes',
      sampleRecipe.replace('B_root, type: root, size: 8M', 'B_root, type: root, size: 9M'),
      'recipe.yml:12: partitions: A_root and B_root differ in size; allowed: the same size for both slots',
    ],
    [
      'a disk too small for its partitions',
      sampleRecipe.replace('160M', '120M'),
      'recipe.yml:19: disk-size: 120M is too small; allowed: 130M or more for these partitions',
    ],
    [
      'a partition twice',
      sampleRecipe.replace('A_root', 'esp'),
      'recipe.yml:15: partitions[2].name: esp stands twice; allowed: a name of its own',
    ],
    [
      'no recipe at all',
      'nothing',
      'recipe.yml:1: "nothing" is not valid; allowed: a mapping with the keys schema, name, base, packages and partitions at least',
    ],
  ])('with %s is refused with its line, key, value and what is allowed', (_what, recipe, message) => {
    expect(messageOf(recipe)).toBe(message)
  })
})

test.each([
  ['recipe', recipeSchema],
  ['manifest', manifestSchema],
])('docs/schemas/%s.json is the schema that is checked against', (name, schema) => {
  expect(JSON.parse(readFileSync(path.join(root, `docs/schemas/${name}.json`), 'utf8'))).toEqual(schema)
})

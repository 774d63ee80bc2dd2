/** The committed bundles as the runner starts them: by a path, from a folder that is not theirs, under Node 20 and 24. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Action, actions } from '../../tools/action-metadata.js'
import { nodeVersions } from '../../tools/node-versions.js'

let elsewhere: string

beforeAll(() => {
  elsewhere = mkdtempSync(path.join(tmpdir(), 'bundles-'))
})

afterAll(() => {
  rmSync(elsewhere, { recursive: true })
})

interface Ended {
  readonly status: number | null
  readonly lines: readonly string[]
  readonly seconds: number
}

/** Runs a stage as the runner does: every input in the environment, the defaults of action.yml where none is given. */
function start(node: string, bundle: string, action: Action, given: Readonly<Record<string, string>>): Ended {
  const context = (value: string): string =>
    value
      .replace('${{ github.sha }}', 'a'.repeat(40))
      .replace('${{ runner.temp }}', elsewhere)
      .replace('${{ job.status }}', 'success')
  const defaults = Object.entries(action.definition.inputs ?? {}).map(([name, { default: value }]) => [
    name,
    context(value ?? ''),
  ])
  const inputs = Object.entries({ ...Object.fromEntries(defaults), ...given } as Record<string, string>)
  const env = Object.fromEntries(inputs.map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]))
  const started = performance.now()
  const { status, stdout } = spawnSync(node, [bundle], {
    cwd: elsewhere,
    env: { PATH: process.env.PATH ?? '', RUNNER_TEMP: elsewhere, ...env },
    encoding: 'utf8',
    timeout: 20_000,
  })
  return { status, lines: stdout.trimEnd().split('\n'), seconds: (performance.now() - started) / 1000 }
}

function existingImage(): string {
  const file = path.join(elsewhere, 'image.raw')
  writeFileSync(file, Buffer.alloc(2 ** 20))
  return file
}

/** For each action a wrong input, and what the one message must say of it. */
const wrong: Readonly<
  Record<string, readonly { readonly inputs: () => Record<string, string>; readonly says: RegExp }[]>
> = {
  build: [
    { inputs: () => ({ variant: 'fast' }), says: /variant: "fast".*dev, prod/ },
    { inputs: () => ({ recipe: recipeWithUnknownKey() }), says: /recipe\.yml:\d+.*pakages.*allowed/s },
  ],
  boot: [
    {
      inputs: () => ({ image: existingImage(), accelerator: 'hvf' }),
      says: /accelerator: "hvf".*auto, kvm, tcg/,
    },
    { inputs: () => ({ image: existingImage(), memory: 'lots' }), says: /memory: "lots".*4G/ },
    { inputs: () => ({ image: 'no-such.qcow2' }), says: /image: "no-such.qcow2".*exists/ },
  ],
  'smoke-test': [{ inputs: () => ({ vm: elsewhere }), says: /vm: ".*bundles-.*boot action/ }],
  upgrade: [
    {
      inputs: () => ({ vm: elsewhere, 'update-image': existingImage(), expect: 'luck' }),
      says: /expect: "luck".*success, rollback/,
    },
    {
      inputs: () => ({ vm: elsewhere, 'update-image': existingImage() }),
      says: /vm: ".*bundles-.*boot action/,
    },
  ],
  benchmark: [
    {
      inputs: () => ({ vm: elsewhere, runner: existingImage(), timeout: 'soon' }),
      says: /timeout: "soon".*90s/,
    },
  ],
  pipeline: [
    { inputs: () => ({ memory: 'lots' }), says: /memory: "lots".*4G/ },
    { inputs: () => ({ 'boot-timeout': 'soon' }), says: /boot-timeout: "soon".*90s/ },
  ],
}

function recipeWithUnknownKey(): string {
  const file = path.join(elsewhere, 'recipe.yml')
  const own = readFileSync(path.resolve(import.meta.dirname, '../../guestos/recipe.yml'), 'utf8')
  writeFileSync(file, `${own}\npakages: [openssh-server]\n`)
  return file
}

const all = actions()

test('there is a wrong input to try on every action', () => {
  expect(Object.keys(wrong).sort()).toEqual(all.map(({ name }) => name).sort())
})

describe.each(nodeVersions())('under Node $major', ({ binary, major }) => {
  test(`the binary is Node ${major}`, () => {
    expect(spawnSync(binary, ['--version'], { encoding: 'utf8' }).stdout).toMatch(new RegExp(`^v${major}\\.`))
  })

  describe.each(all)('$name', (action) => {
    const main = path.join(action.home, action.definition.runs.main)

    test.each(wrong[action.name] ?? [])(
      'a wrong input fails at once with one message: $says',
      ({ inputs, says }) => {
        const { status, lines, seconds } = start(binary, main, action, inputs())
        const errors = lines.filter((line) => line.startsWith('::error::'))
        expect(errors).toHaveLength(1)
        expect(decodeURIComponent(errors[0] ?? '')).toMatch(says)
        expect(lines.join('\n')).not.toMatch(/^\s+at /m)
        expect(status).toBe(1)
        expect(seconds).toBeLessThan(2)
      },
    )

    const { post } = action.definition.runs
    if (post !== undefined) {
      test('its post step has nothing to do when the main one did nothing', () => {
        expect(start(binary, path.join(action.home, post), action, {})).toMatchObject({
          status: 0,
          lines: [''],
        })
      })
    }
  })
})

describe('sizes', () => {
  // The cache client alone is 2.5 MB, the artifact client 4; a barrel or a stray import would bring them along.
  test.each(['boot', 'smoke-test', 'upgrade'])('%s stays without the cache and artifact clients', (name) => {
    const bytes = readFileSync(path.resolve(import.meta.dirname, `../../dist/${name}/main/index.js`)).length
    expect(bytes).toBeLessThan(2.5e6)
  })
})

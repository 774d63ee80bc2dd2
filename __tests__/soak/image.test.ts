/** The default recipe, built from nothing again and again: what `npm test` has no time for. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build, type BuildResult } from '../../src/image/build.js'
import { fileDigest } from '../../src/image/digest.js'
import type { Variant } from '../../src/image/recipe.js'
import { runSsh } from '../../src/ssh/session.js'
import { startVm } from '../../src/vm/boot.js'
import { stopVm } from '../../src/vm/stop.js'
import { bootOptions } from '../fixtures/boot-options.js'

const root = path.resolve(import.meta.dirname, '../..')
const minutes = 60_000
let folder: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'soak-image-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

/** Builds without any cache. */
function buildClean(variant: Variant, name: string): Promise<BuildResult> {
  return build({
    recipe: path.join(root, 'guestos/recipe.yml'),
    variant,
    packages: [],
    version: 'v1',
    binaries: [],
    mirrors: [],
    snapshot: undefined,
    external: undefined,
    cache: 'off',
    localCache: undefined,
    localCacheSize: 0,
    updateImage: true,
    output: path.join(folder, name),
  })
}

test(
  'two clean builds give the same bytes, image and update',
  async () => {
    const [one, other] = [await buildClean('dev', 'one'), await buildClean('dev', 'other')]
    expect([one.cacheHit, other.cacheHit]).toEqual(['false', 'false'])
    expect(other.imageDigest).toBe(one.imageDigest)
    expect(await fileDigest(other.updateImage ?? '')).toBe(await fileDigest(one.updateImage ?? ''))
  },
  20 * minutes,
)

test(
  'prod lets nobody in at its console',
  async () => {
    const { image, imageDigest } = await buildClean('prod', 'prod')
    mkdirSync(path.join(folder, 'vms'))
    const options = bootOptions({
      image,
      imageDigest,
      stateRoot: path.join(folder, 'vms'),
      memory: 2 ** 30,
      cpus: 2,
      accelerator: 'auto',
      firmware: 'auto',
      timeout: 12 * minutes,
      maxLifetime: 20 * minutes,
      consoleLimit: 2 ** 24,
    })
    const booting = await startVm(options)
    const vm = await booting.ready()
    try {
      const processes = await runSsh(vm.ssh.configFile, 'ps -e -o comm=', { timeout: minutes })
      expect(processes.stdout).toMatch(/^sshd$/m)
      expect(processes.stdout).not.toMatch(/getty|login$|sulogin/m)
      const units = await runSsh(
        vm.ssh.configFile,
        "systemctl list-units --all --plain '*getty*' '*debug-shell*'",
        {
          timeout: minutes,
        },
      )
      expect(units.stdout).not.toMatch(/\bactive\b/)
      expect(readFileSync(vm.console, 'utf8')).not.toMatch(/login:/)
    } finally {
      await stopVm(booting.folder)
    }
  },
  30 * minutes,
)

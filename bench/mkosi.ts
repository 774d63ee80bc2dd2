import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { bases } from '../src/image/bases.js'
import { readRecipe } from '../src/image/recipe.js'
import { readPackageList } from '../src/image/packages.js'
import { checkout } from '../src/runtime/checkout.js'
import { Failure } from '../src/runtime/errors.js'
import { CommandError, run } from '../src/runtime/process.js'

/** The version of mkosi on this machine; undefined when there is none, or one from before its rewrite. */
export async function findMkosi(): Promise<number | undefined> {
  try {
    const { stdout } = await run(['mkosi', '--version'])
    const version = Number(/\d+/.exec(stdout)?.[0])
    return version >= 20 ? version : undefined
  } catch (error) {
    if (error instanceof CommandError || error instanceof Failure) return undefined
    throw error
  }
}

/** mkosi's own incremental build of the default recipe's packages: an image with its caches, then a file changed. */
export async function prepareMkosi(
  version: number,
  folder: string,
): Promise<{ changed: (round: number) => Promise<number> }> {
  const extra = path.join(folder, 'mkosi.extra/opt/ic/bin')
  mkdirSync(extra, { recursive: true })
  // Where mkosi keeps what it builds upon; it takes a folder of this name by itself.
  mkdirSync(path.join(folder, 'mkosi.cache'))
  writeFileSync(path.join(folder, 'mkosi.conf'), configuration())
  const sources = await machineSources(suite)
  if (sources !== '') {
    const apt = path.join(folder, 'mkosi.pkgmngr/etc/apt/sources.list.d')
    mkdirSync(apt, { recursive: true })
    writeFileSync(path.join(apt, 'mkosi.sources'), sources)
  }
  const once = async (text: string): Promise<number> => {
    writeFileSync(path.join(extra, 'orchestrator'), `#!/bin/sh\n# ${text.padEnd(10_000_000, '.')}\n`, {
      mode: 0o755,
    })
    const started = performance.now()
    await run(['mkosi', '--directory', folder, '--incremental', '--force', 'build'])
    return (performance.now() - started) / 1000
  }
  await once(`mkosi ${version}`)
  return { changed: (round) => once(`round ${round}`) }
}

const recipe = readRecipe(path.join(checkout(), 'guestos/recipe.yml'), 'dev')
const { suite, bootPackages } = bases[recipe.base]

/**
 * Where this machine's own apt takes a release and its updates from, in the form of sources.list.d; empty when it does
 * not. mkosi's own list has the debugging symbols' archive too, which mirrors do not carry.
 */
async function machineSources(release: string): Promise<string> {
  const format = '--format=$(REPO_URI) $(CODENAME)'
  const { stdout } = await run(['apt-get', 'indextargets', format, 'Created-By: Packages'])
  const suites = [release, `${release}-updates`, `${release}-security`]
  return [...new Set(stdout.split('\n'))]
    .map((line) => line.split(' '))
    .filter(([, name = '']) => suites.includes(name))
    .map(([uri = '', name = '']) =>
      [
        ...['Types: deb', `URIs: ${uri}`, `Suites: ${name}`, 'Components: main'],
        ...['Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg', '', ''],
      ].join('\n'),
    )
    .join('')
}

function configuration(): string {
  const packages = [...bootPackages, ...recipe.packageLists.flatMap(readPackageList)]
  return [
    ...['[Distribution]', 'Distribution=debian', `Release=${suite}`],
    ...['[Output]', 'Format=disk'],
    ...['[Content]', 'Bootable=yes', ...packages.map((name) => `Packages=${name}`)],
    '',
  ].join('\n')
}

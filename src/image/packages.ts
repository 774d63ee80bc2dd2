import { readFileSync } from 'node:fs'
import { UserError } from '../runtime/errors.js'

export interface InstalledPackage {
  readonly name: string
  readonly version: string
  readonly architecture: string
}

/** Debian policy 5.6.1, and what apt takes after it: `:arch`, `=version`, `/suite`. */
const form = /^[a-z0-9][a-z0-9+.-]+(?::[a-z0-9]+)?(?:[=/][A-Za-z0-9.+~:_-]+)?$/

/**
 * The packages in a list: one a line, `#` begins a comment. Sorted, each once.
 * @throws {UserError} that names file and line
 */
export function readPackageList(file: string): string[] {
  const packages = readFileSync(file, 'utf8')
    .split('\n')
    .map((line, index) => ({ name: line.replace(/#.*/, '').trim(), number: index + 1 }))
    .filter(({ name }) => name !== '')
  const wrong = packages.find(({ name }) => !form.test(name))
  if (wrong !== undefined) {
    const value = JSON.stringify(wrong.name)
    throw new UserError(`${file}:${wrong.number}: ${value} is not valid; allowed: one package name a line`)
  }
  return [...new Set(packages.map(({ name }) => name))].sort()
}

/** The installed packages in dpkg's status file (/var/lib/dpkg/status). */
export function installedPackages(status: string): InstalledPackage[] {
  return status
    .split('\n\n')
    .map(
      (stanza) =>
        new Map(
          [...stanza.matchAll(/^([A-Z][\w-]*): (.*)$/gm)].map(([, key = '', value = '']) => [key, value]),
        ),
    )
    .filter((fields) => fields.get('Status') === 'install ok installed')
    .map((fields) => ({
      name: fields.get('Package') ?? '',
      version: fields.get('Version') ?? '',
      architecture: fields.get('Architecture') ?? '',
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

import { UserError } from '../runtime/errors.js'
import type { SmokeTest, Source } from './test.js'

/**
 * The tests in the order they will run: as given, but each after those it needs.
 * @param ignored names that may be needed without being there, such as checks that were switched off
 * @throws {UserError} when two have one name, one needs what is not there, or some need each other
 */
export function plan(tests: readonly SmokeTest[], ignored: readonly string[]): SmokeTest[] {
  const byName = new Map<string, SmokeTest>()
  for (const test of tests) {
    const first = byName.get(test.name)
    if (first !== undefined) {
      throw new UserError(
        `${at(test.source)}two tests are named ${JSON.stringify(test.name)}, the other ${
          first.source === null ? 'a built-in check' : `in ${place(first.source)}`
        }; allowed: a name of its own`,
      )
    }
    byName.set(test.name, test)
  }
  const ordered = new Set<SmokeTest>()
  const visit = (test: SmokeTest, chain: readonly string[]): void => {
    if (ordered.has(test)) return
    if (chain.includes(test.name)) {
      throw new UserError(`${at(test.source)}tests need each other: ${[...chain, test.name].join(' -> ')}`)
    }
    for (const name of test.needs) {
      const needed = byName.get(name)
      if (needed !== undefined) visit(needed, [...chain, test.name])
      else if (!ignored.includes(name)) {
        const allowed = [...byName.keys()].filter((other) => other !== test.name).join(', ')
        throw new UserError(
          `${at(test.source)}needs: ${JSON.stringify(name)} is not valid; allowed: ${allowed}`,
        )
      }
    }
    ordered.add(test)
  }
  for (const test of tests) visit(test, [])
  return [...ordered]
}

function at(source: Source): string {
  return source === null ? '' : `${place(source)}: `
}

function place(source: NonNullable<Source>): string {
  return `${source.file}:${source.line}`
}

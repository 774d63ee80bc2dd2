import { InputError } from '../runtime/errors.js'
import type { SmokeTest } from './test.js'

/**
 * The tests that tags select, with all that those need: `slow` takes tests with that tag, `!slow` leaves them out.
 * Without a tag that takes, all are taken.
 * @throws {InputError} when there is no such test
 */
export function selectTests(tests: readonly SmokeTest[], tags: readonly string[]): SmokeTest[] {
  const out = tags.filter((tag) => tag.startsWith('!')).map((tag) => tag.slice(1))
  const taken = tags.filter((tag) => !tag.startsWith('!'))
  const has = (test: SmokeTest, any: readonly string[]): boolean => test.tags.some((tag) => any.includes(tag))
  const selected = new Set(
    tests.filter((test) => (taken.length === 0 || has(test, taken)) && !has(test, out)),
  )
  if (selected.size === 0 && tests.length > 0) {
    const known = [...new Set(tests.flatMap((test) => test.tags))].sort()
    throw new InputError(
      'tags',
      tags.join(', '),
      `tags that leave a test; the tests have ${known.join(', ') || 'none'}`,
    )
  }
  const byName = new Map(tests.map((test) => [test.name, test]))
  // A set is walked in the order in which it grows, so this reaches what the needed ones need.
  for (const test of selected) {
    for (const name of test.needs) {
      const needed = byName.get(name)
      if (needed !== undefined) selected.add(needed)
    }
  }
  return tests.filter((test) => selected.has(test))
}

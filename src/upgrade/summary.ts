import { cell, table } from '../runtime/summary.js'
import type { UpgradeInputs } from './inputs.js'
import type { UpgradeOutcome } from './upgrade.js'

/** The step summary of an upgrade: what ran before and after it, and how long its parts took, in seconds. */
export function upgradeSummary(
  { expect }: Pick<UpgradeInputs, 'expect'>,
  { before, after, timings, problem }: UpgradeOutcome,
): string {
  const system = (title: string, one: typeof before): string[] => [
    title,
    cell(one?.slot ?? ''),
    cell(one?.version ?? ''),
  ]
  const parts = Object.entries(timings).map(([part, seconds]) => [cell(part), seconds.toFixed(1)])
  const verdict = problem === undefined ? `${expect}, as expected` : 'failed'
  return [
    `### Upgrade: ${verdict}`,
    '',
    ...(problem === undefined ? [] : [cell(problem.message), '']),
    table(['', 'Slot', 'Version'], [system('before', before), system('after', after)]),
    table(['Part', 'takes (s)'], parts, 'lr'),
  ].join('\n')
}

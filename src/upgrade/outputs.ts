import type { UpgradeOutcome } from './upgrade.js'

/** The outputs of the upgrade action, as far as they are known. */
export function upgradeOutputs({ before, after, timings }: UpgradeOutcome): Record<string, string | number> {
  const total = Object.values(timings).reduce((sum, seconds) => sum + seconds, 0)
  return {
    'slot-before': before?.slot ?? '',
    'slot-after': after?.slot ?? '',
    'version-before': before?.version ?? '',
    'version-after': after?.version ?? '',
    'upgrade-seconds': total.toFixed(1),
    'upgrade-timings': JSON.stringify(timings),
  }
}

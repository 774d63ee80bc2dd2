import type { SmokeTest } from './test.js'

/** Checks that hold for any image; each can be switched off by its name. */
export const builtInNames = ['system-running', 'failed-units', 'version'] as const
export type BuiltInName = (typeof builtInNames)[number]

export interface BuiltInOptions {
  /** Milliseconds. */
  readonly timeout: number
  /** The version that the image was built as; without it there is no such check. */
  readonly expectVersion: string | undefined
  /** Shell text that prints the version in the guest. */
  readonly versionCommand: string
  readonly skip: readonly BuiltInName[]
}

// Failed units have a check of their own, so that `degraded` counts as up here. At the time limit: what is still awaited.
const systemRunning = `
trap 'systemctl list-jobs --no-pager' TERM
state=$(systemctl is-system-running --wait) || true
echo "$state"
case "$state" in running|degraded) ;; *) exit 1 ;; esac`

const failedUnits = `
units=$(systemctl list-units --failed --plain --no-legend --no-pager)
test -n "$units" || exit 0
printf '%s\\n' "$units"
printf '%s\\n' "$units" | while read -r unit rest; do
  echo
  echo "Last journal lines of $unit:"
  journalctl --unit="$unit" --lines=20 --no-pager --output=short-monotonic || true
done
exit 1`

export function builtInChecks(options: BuiltInOptions): SmokeTest[] {
  const check = (name: BuiltInName, script: string, expect: SmokeTest['expect']): SmokeTest => ({
    name,
    source: null,
    action: { script },
    expect,
    timeout: options.timeout,
    needs: [],
  })
  const checks = [
    check('system-running', systemRunning, { exit: 0 }),
    check('failed-units', failedUnits, { exit: 0 }),
  ]
  if (options.expectVersion !== undefined) {
    checks.push(
      check('version', options.versionCommand, { exit: 0, stdout: { equals: options.expectVersion } }),
    )
  }
  return checks.filter(({ name }) => !options.skip.some((skipped) => skipped === name))
}

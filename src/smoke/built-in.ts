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
case "$state" in running|degraded) ;; *) echo "the state is: $state" >&2; exit 1 ;; esac`

const failedUnits = `
list=$(systemctl list-units --failed --plain --no-legend --no-pager)
test -n "$list" || exit 0
while read -r unit rest; do
  printf 'Last journal lines of %s:\\n' "$unit"
  journalctl --unit="$unit" --lines=20 --no-pager --output=short-monotonic </dev/null || true
  failed="$failed $unit"
done <<END
$list
END
printf 'failed:%s\\n' "$failed" >&2
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

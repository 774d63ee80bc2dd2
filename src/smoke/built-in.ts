import { quote } from '../runtime/quote.js'
import { wrongClock, wrongKernelLog, wrongNames, wrongPorts } from './built-in-judges.js'
import type { Expectation, SmokeTest } from './test.js'

/** Checks that hold for any image; each can be switched off by its name. */
export const builtInNames = [
  'system-running',
  'failed-units',
  'kernel-log',
  'clock',
  'slots',
  'version',
  'partitions',
  'services',
  'ports',
] as const
export type BuiltInName = (typeof builtInNames)[number]

/** What is declared of an image. What is left out is not checked. */
export interface Declared {
  /** The version that the image was built as. */
  readonly version: string | undefined
  /** Names of all partitions. */
  readonly partitions: readonly string[] | undefined
  /** systemd units that are active. */
  readonly services: readonly string[] | undefined
  /** The TCP ports that others than the guest itself can reach, all of them. */
  readonly ports: readonly number[] | undefined
}

export interface BuiltInOptions {
  /** Milliseconds. */
  readonly timeout: number
  readonly declared: Declared
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

const kernelLog = `
dmesg 2>/dev/null || sudo -n dmesg 2>/dev/null || journalctl --dmesg --no-pager --output=short-monotonic`

const slots = `
command -v guestos-slot >/dev/null || { echo 'the guest has no guestos-slot'; exit 77; }
guestos-slot status`

// The kernel's own list lacks the names of partitions that were made since it started; udev's has them.
const partitions = 'ls /dev/disk/by-partlabel'

// The second is not there without IPv6.
const ports = `cat /proc/net/tcp; cat /proc/net/tcp6 2>/dev/null || true`

const services = (units: readonly string[]): string => `
for unit in ${quote(units)}; do
  state=$(systemctl is-active "$unit") || bad="$bad $unit ($state)"
done
test -z "$bad" || { echo "not active:$bad" >&2; exit 1; }`

/** The checks of which something is declared, and those that need no declaration. */
export function builtInChecks({ declared, ...options }: BuiltInOptions): SmokeTest[] {
  const { version } = declared
  const checks: readonly (readonly [BuiltInName, string, Expectation] | undefined)[] = [
    ['system-running', systemRunning, { exit: 0 }],
    ['failed-units', failedUnits, { exit: 0 }],
    ['kernel-log', kernelLog, { exit: 0, wrong: wrongKernelLog }],
    ['clock', 'date +%s', { exit: 0, wrong: wrongClock }],
    // A slot on trial, or a failed one, is not what anybody means to test.
    ['slots', slots, { stdout: { matches: /^\{"slot":"[AB]","version":[^,]*,"state":"good"/ } }],
    version === undefined
      ? undefined
      : ['version', options.versionCommand, { exit: 0, stdout: { equals: version } }],
    declared.partitions && ['partitions', partitions, { exit: 0, wrong: wrongNames(declared.partitions) }],
    declared.services && ['services', services(declared.services), { exit: 0 }],
    declared.ports && ['ports', ports, { exit: 0, wrong: wrongPorts(declared.ports) }],
  ]
  return checks
    .filter((check) => check !== undefined)
    .filter(([name]) => !options.skip.includes(name))
    .map(([name, script, expect]) => ({
      ...{ name, expect, source: null, action: { script }, timeout: options.timeout },
      ...{ needs: [], tags: [], isolation: 'shared', reboots: false },
    }))
}

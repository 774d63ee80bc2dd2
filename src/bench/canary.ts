import { CommandError, run } from '../runtime/process.js'
import { quote } from '../runtime/quote.js'
import type { Guest } from '../vm/guest.js'
import type { Canary } from './record.js'

/**
 * Work that is always the same, of nothing but a POSIX shell and coreutils: counting in the shell, writing to memory,
 * system calls. It prints the nanoseconds of each. Whoever changes it ends every series of its times.
 */
const canaryScript = [
  'now() { date +%s%N; }',
  'a=$(now); i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done',
  'b=$(now); dd if=/dev/zero of=/dev/null bs=4194304 count=16 2>/dev/null',
  'c=$(now); dd if=/dev/zero of=/dev/null bs=1 count=20000 2>/dev/null',
  'd=$(now); echo $((b-a)) $((c-b)) $((d-c))',
].join('\n')

/** By sh wherever it runs: the login shell of a guest's user may be another, and count at another speed. */
const canaryCommand = ['sh', '-c', canaryScript]

/** Milliseconds after which a machine is too slow, or busy, to say how slow it is. */
const patience = 20_000

/** The canary in the guest; null where its tools are others than these. */
export async function canaryIn(guest: Guest): Promise<Canary | null> {
  const { stdout } = await guest.run(quote(canaryCommand), { timeout: patience, limit: 8192 })
  return readCanary(stdout)
}

/** The canary on this machine, outside any VM of ours. */
export async function canaryHere(): Promise<Canary | null> {
  try {
    const { stdout } = await run(canaryCommand, { timeout: patience })
    return readCanary(stdout)
  } catch (error) {
    if (error instanceof CommandError) return null
    throw error
  }
}

/** Seconds of each part, out of what the script has printed. */
export function readCanary(text: string): Canary | null {
  const [, ...parts] = /^(\d{1,15}) (\d{1,15}) (\d{1,15})\n$/.exec(text) ?? []
  const [cpu, memory, syscalls] = parts.map((nanoseconds) => Number(nanoseconds) / 1e9)
  if (cpu === undefined || memory === undefined || syscalls === undefined) return null
  return { cpu, memory, syscalls }
}

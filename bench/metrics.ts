import { mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { startSampling } from '../src/bench/metrics/sampling.js'
import { type Guest, withGuest } from '../src/vm/guest.js'
import { stopVm } from '../src/vm/stop.js'
import { runAction } from './action.js'
import type { Bench, Benchmark, Row } from './benchmark.js'

/** Seconds that are measured, after some in which the guest comes to rest. */
const seconds = 60
const rest = 20

/**
 * Prints the nanoseconds on a CPU of the sampler and of the sshd that its output goes through: all of our connection,
 * which carries nothing else meanwhile. Source: the kernel's Documentation/scheduler/sched-stats.rst.
 */
const spent = String.raw`
for process in /proc/[0-9]*; do
  case $(tr '\0' ' ' <$process/cmdline 2>/dev/null) in perl\ -e\ *uptime\ ) sampler=$process;; esac
done
printf '%s %s\n' "$(cut -d ' ' -f 1 $sampler/schedstat)" "$(cut -d ' ' -f 1 /proc/$PPID/schedstat)"`

async function measure({ image, folder, say }: Bench): Promise<readonly Row[]> {
  const vms = path.join(folder, 'vms')
  mkdirSync(vms)
  const inputs = { image: await image(), accelerator: 'tcg', memory: '1G', vsock: 'off' }
  try {
    await runAction('boot', inputs, { RUNNER_TEMP: vms, GITHUB_OUTPUT: '', GITHUB_STATE: '' })
    return await withGuest(path.join(vms, readdirSync(vms)[0] ?? ''), (guest) => cost(guest, say))
  } finally {
    for (const name of readdirSync(vms)) await stopVm(path.join(vms, name))
  }
}

async function cost(guest: Guest, say: Bench['say']): Promise<readonly Row[]> {
  await setTimeout(rest * 1000)
  const sampling = startSampling(guest, 1000)
  await sampling.ready
  // Each reading is a command over the same connection: what one costs is not the sampler's.
  const question = (await readings(guest, 2)).sshd
  const before = await readings(guest, 1)
  await setTimeout(seconds * 1000)
  const after = await readings(guest, 1)
  const ticks = sampling.metrics(Date.now()).sources.find(({ labels }) => labels.instance === 'guest')
  await sampling.stop()
  const [sampler, sshd] = [after.sampler - before.sampler, Math.max(after.sshd - before.sshd - question, 0)]
  say(
    `${ticks?.times.length ?? 0} readings; sampler ${sampler.toFixed(3)} s, sshd ${sshd.toFixed(3)} s of CPU`,
  )
  const ours = (sampler + sshd) / seconds
  return [
    {
      name: "metrics: the guest's CPU for reading them",
      unit: 'CPUs',
      ours,
      reference: 1,
      ratio: ours,
      goal: 0.005,
    },
  ]
}

/** CPU seconds; of several questions in a row, what they took one from another. */
async function readings(guest: Guest, times: number): Promise<{ sampler: number; sshd: number }> {
  const seen: { sampler: number; sshd: number }[] = []
  for (let time = 0; time < times; time += 1) {
    const { stdout, stderr } = await guest.run(spent, { timeout: 60_000 })
    const [sampler = NaN, sshd = NaN] = stdout.split(' ').map((nanoseconds) => Number(nanoseconds) / 1e9)
    if (!(sampler > 0 && sshd > 0)) throw new Error(`the guest does not tell: ${stdout}${stderr}`)
    seen.push({ sampler, sshd })
  }
  const [first, last] = [seen[0], seen.at(-1)]
  if (!first || !last) throw new Error('nothing was read')
  return times === 1 ? first : { sampler: last.sampler - first.sampler, sshd: last.sshd - first.sshd }
}

export const metrics: Benchmark = {
  name: 'metrics',
  about:
    'CPU time in the guest for node metrics at 1 Hz, with the sshd that carries them, against one CPU; emulated',
  run: measure,
}

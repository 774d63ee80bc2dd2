import type { RunRecord } from '../../../../src/bench/record.js'

/** A record in which everything that the guest names is `name`. */
export function sampleRecord(name = 'a benchmark'): RunRecord {
  const machine = { kernel: '6.1.0', cpuModel: 'AMD EPYC', cpus: 2, memory: 2 ** 30 }
  const result = { metric: 'time', unit: 's', better: 'lower' } as const
  const canary = { before: null, after: null }
  return {
    schema: 1,
    partial: false,
    problems: [],
    run: {
      id: null,
      sha: 'c0ffee',
      base: null,
      trigger: null,
      attempt: null,
      startedAt: '2026-11-25T12:00:00.000Z',
    },
    environment: {
      imageDigest: `sha256:${'0'.repeat(64)}`,
      qemu: '7.2.0',
      accelerator: 'tcg',
      guest: machine,
      host: { ...machine, load: { before: 1, after: 1 } },
    },
    boot: {},
    runner: {
      name: name === 'a benchmark' ? 'benchmark_runner.sh' : name,
      runs: 1,
      exitCode: 0,
      timedOut: false,
      seconds: 120,
    },
    results: [
      { ...result, name, samples: [[1.5, 1.7, 1.6, 2.2]] },
      { ...result, name: `${name} again`, unit: 'MB/s', better: 'higher', samples: [[123456.789]] },
    ],
    noise: { guestSteal: 0, hostSteal: null, canary: { guest: canary, host: canary } },
    phases: [
      { name, start: 0 },
      { name: 'second', start: 40 },
      { name: 'third', start: 90 },
    ],
    files: [],
  }
}

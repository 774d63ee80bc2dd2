import type { BenchmarkOutcome } from './benchmark.js'

/** The outputs of the benchmark action. */
export function benchmarkOutputs(outcome: BenchmarkOutcome): Record<string, string | number> {
  return {
    'artifact-id': outcome.artifact?.id ?? '',
    'artifact-url': outcome.artifact?.url ?? '',
    'artifact-digest': outcome.artifact?.digest ?? '',
    results: outcome.results,
    record: outcome.record,
    'runner-exit-code': outcome.runnerExitCode ?? '',
  }
}

import type { SmokeOutcome } from './smoke.js'

/** The outputs of the smoke-test action. */
export function smokeOutputs({ report, files }: SmokeOutcome): Record<string, string | number> {
  const { passed, failed, skipped, flaky } = report.counts
  return { passed, failed, skipped, flaky, junit: files.junit, tap: files.tap, report: files.json }
}

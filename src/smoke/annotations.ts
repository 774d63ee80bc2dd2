import { type AnnotationProperties, error } from '@actions/core'
import type { SmokeReport } from './result.js'

/** GitHub shows ten errors of a step; the last is the step's own. */
const limit = 9

export interface Annotation {
  readonly message: string
  readonly properties: AnnotationProperties
}

/** An annotation for each failed test, on the line where it is written. */
export function annotations(report: SmokeReport): Annotation[] {
  return report.tests
    .filter(({ status }) => status === 'failed')
    .slice(0, limit)
    .map(({ name, reason, source }) => ({
      message: reason ?? 'failed',
      properties: {
        title: `Smoke test ${name}`,
        ...(source !== null && { file: source.file, startLine: source.line }),
      },
    }))
}

/** Reports failed tests to the runner; its own escaping keeps each one command. */
export function annotate(report: SmokeReport): void {
  for (const { message, properties } of annotations(report)) error(message, properties)
}

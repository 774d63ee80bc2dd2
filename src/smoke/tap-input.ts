import type { SubResult } from './result.js'

/** What a test said about itself in TAP. Raw guest text. */
export interface TapOutput {
  readonly subtests: readonly SubResult[]
  /** Why the whole is no success: failed subtests, a plan not kept, a bail-out. */
  readonly problem?: string
  /** The reason where the plan skips everything. */
  readonly skipped?: string
}

const point = /^(not )?ok\b(?:\s+\d+)?(?:\s+-(?=\s|$))?\s*(.*)$/
const directive = /(?:^|\s)#\s*(skip|todo)\S*\s*(.*)$/i
const plan = /^1\.\.(\d+)\s*(?:#\s*(?:skip\S*\s*)?(.*))?$/i

/**
 * Reads the top level of TAP 12 to 14; undefined when the text has no plan and so is no TAP.
 * Source: https://testanything.org/tap-version-14-specification.html
 */
export function readTap(text: string): TapOutput | undefined {
  const lines = text.split(/\r?\n/)
  const planned = lines.map((line) => plan.exec(line)).find((match) => match !== null)
  const bailed = lines.find((line) => /^Bail out!/i.test(line))
  if (planned === undefined && bailed === undefined) return undefined
  const subtests = lines.flatMap((line) => {
    const match = point.exec(line)
    return match === null ? [] : [subResult(match[1] === undefined, match[2] ?? '')]
  })
  if (bailed !== undefined) return { subtests, problem: bailed }
  const expected = Number(planned?.[1])
  const failed = subtests.filter(({ status }) => status === 'failed')
  if (failed.length > 0) {
    const names = failed.slice(0, 5).map(({ name }) => name)
    const more = failed.length > names.length ? ` and ${failed.length - names.length} more` : ''
    return {
      subtests,
      problem: `${failed.length} of ${subtests.length} subtests failed: ${names.join(', ')}${more}`,
    }
  }
  if (subtests.length !== expected) {
    return { subtests, problem: `its plan is of ${expected} subtests, and it ran ${subtests.length}` }
  }
  return expected === 0 ? { subtests, skipped: planned?.[2] ?? 'its plan is empty' } : { subtests }
}

function subResult(ok: boolean, rest: string): SubResult {
  const [found, kind, reason] = directive.exec(rest.replaceAll(/\\[\\#]/g, 'xx')) ?? []
  const name = (found === undefined ? rest : rest.slice(0, rest.length - found.length))
    .replaceAll(/\\([\\#])/g, '$1')
    .trim()
  const status = statusOf(ok, kind?.toLowerCase())
  return { name, status, ...(reason !== undefined && reason !== '' && { reason }) }
}

function statusOf(ok: boolean, kind: string | undefined): SubResult['status'] {
  if (kind === 'skip') return 'skipped'
  if (ok) return 'passed'
  return kind === 'todo' ? 'todo' : 'failed'
}

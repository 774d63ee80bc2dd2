import { convertToIfCondition } from '@actions/workflow-parser/model/converter/if-condition'
import type { TemplateContext } from '@actions/workflow-parser/templates/template-context'
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'
import { refuseUnsupportedStep } from './unsupported.js'
import { resolveUses } from './uses.js'

/** A step of a job or of a composite action, its expressions still to be evaluated. */
export interface Step {
  readonly id: string | undefined
  /** With success() added where it names no status function. */
  readonly condition: string
  readonly name: TemplateToken | undefined
  readonly uses: string | undefined
  readonly with: TemplateToken | undefined
  readonly run: TemplateToken | undefined
  readonly shell: TemplateToken | undefined
  readonly workingDirectory: TemplateToken | undefined
  readonly env: TemplateToken | undefined
  readonly timeoutMinutes: TemplateToken | undefined
  readonly continueOnError: TemplateToken | undefined
}

/** @param where for errors, such as `job build` */
export function readStep(
  context: TemplateContext,
  step: ReadonlyMap<string, TemplateToken>,
  where: string,
): Step {
  const uses = step.get('uses')?.assertString('uses').value
  refuseUnsupportedStep(step, where)
  // Local actions are looked up when their step runs: only then is the workspace checked out.
  if (uses !== undefined && !uses.startsWith('./')) resolveUses(uses, '', where)
  return {
    id: step.get('id')?.assertString('id').value,
    condition: readCondition(context, step.get('if')),
    name: step.get('name'),
    uses,
    with: step.get('with'),
    run: step.get('run'),
    shell: step.get('shell'),
    workingDirectory: step.get('working-directory'),
    env: step.get('env'),
    timeoutMinutes: step.get('timeout-minutes'),
    continueOnError: step.get('continue-on-error'),
  }
}

/** An `if`, which needs no expression marks and without a status function means success() too. */
export function readCondition(context: TemplateContext, token: TemplateToken | undefined): string {
  const condition = token && convertToIfCondition(context, token)
  return condition?.expression ?? 'success()'
}

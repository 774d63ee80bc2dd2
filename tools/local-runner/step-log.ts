import { appendFileSync } from 'node:fs'
import { parseLogCommand, type LogCommand } from './log-command.js'
import type { Annotation } from './record.js'
import { paint, shown, type Print } from './terminal.js'

export interface StepLogOptions {
  readonly print: Print
  /** Gets every line as the step printed it, masked. */
  readonly file: string
  /** Values that are never shown; add-mask adds to it. */
  readonly masks: Set<string>
  /** Shows debug lines too. */
  readonly debug: boolean
}

/** Takes a step's output line by line: obeys its commands, shows the rest, and counts. */
export interface StepLog {
  line(text: string): void
  /** A line of the runner's own about the step. */
  error(message: string): void
  warning(message: string): void
  readonly commands: Readonly<Record<string, number>>
  readonly annotations: readonly Annotation[]
  /** From the old commands set-output and save-state. */
  readonly outputs: Readonly<Record<string, string>>
  readonly state: Readonly<Record<string, string>>
}

export function createStepLog({ print, file, masks, debug }: StepLogOptions): StepLog {
  const commands: Record<string, number> = {}
  const annotations: Annotation[] = []
  const outputs: Record<string, string> = {}
  const state: Record<string, string> = {}
  let resumeToken: string | undefined
  let indent = ''

  const show = (text: string): void => {
    print(`  ${indent}${shown(masked(text, masks))}`)
  }

  function annotate(level: Annotation['level'], command: Pick<LogCommand, 'data' | 'properties'>): void {
    const message = masked(command.data, masks)
    annotations.push({ level, message, properties: command.properties })
    const { file: place, line } = command.properties
    const where = place === undefined ? '' : `${place}${line === undefined ? '' : `:${line}`}: `
    const colour = level === 'error' ? 'red' : level === 'warning' ? 'yellow' : 'cyan'
    const [first = '', ...rest] = `${where}${message}`.split('\n')
    print(`  ${indent}${paint(colour, level)} ${shown(first)}`)
    rest.forEach(show)
  }

  function obey(command: LogCommand): void {
    commands[command.name] = (commands[command.name] ?? 0) + 1
    switch (command.name) {
      case 'group':
        print(`  ${paint('bold', `▾ ${shown(masked(command.data, masks))}`)}`)
        indent = '  '
        break
      case 'endgroup':
        indent = ''
        break
      case 'error':
      case 'warning':
      case 'notice':
        annotate(command.name, command)
        break
      case 'debug':
        if (debug) show(`debug ${command.data}`)
        break
      case 'add-mask':
        addMask(masks, command.data)
        break
      case 'stop-commands':
        resumeToken = command.data
        break
      case 'set-output':
        outputs[command.properties.name ?? ''] = command.data
        break
      case 'save-state':
        state[command.properties.name ?? ''] = command.data
        break
      case 'set-env':
      case 'add-path':
        annotate('error', { data: `The \`${command.name}\` command is disabled`, properties: {} })
        break
    }
  }

  return {
    commands,
    annotations,
    outputs,
    state,
    line(text) {
      const command = parseLogCommand(text, resumeToken)
      // Masks first, or the line that announces a secret would write it down.
      if (command?.name === 'add-mask') addMask(masks, command.data)
      appendFileSync(file, `${masked(text, masks)}\n`)
      if (!command) show(text)
      else if (resumeToken !== undefined) resumeToken = undefined
      else obey(command)
    },
    error(message) {
      appendFileSync(file, `error: ${masked(message, masks)}\n`)
      annotate('error', { data: message, properties: {} })
    },
    warning(message) {
      appendFileSync(file, `warning: ${masked(message, masks)}\n`)
      annotate('warning', { data: message, properties: {} })
    },
  }
}

export function addMask(masks: Set<string>, value: string): void {
  for (const line of [value, ...value.split(/\r?\n/)]) if (line.trim() !== '') masks.add(line)
}

export const masked = (text: string, masks: ReadonlySet<string>): string =>
  [...masks]
    .sort((a, b) => b.length - a.length)
    .reduce((result, mask) => result.replaceAll(mask, '***'), text)

/** A workflow command found in a line of a step's output. */
export interface LogCommand {
  /** In lower case. */
  readonly name: string
  readonly properties: Readonly<Record<string, string>>
  readonly data: string
}

/** The commands a runner knows; other words between the marks are plain text. */
const known = new Set([
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'internal-set-repo-path',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning',
])

/* What .NET trims from the start of a string; JavaScript's own list has U+FEFF and lacks U+0085. */
const leadingSpace = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/

/**
 * Reads one line as the runner does: `::name k=v,k=v::data` after leading white space, else `##[name k=v;k=v]data`
 * anywhere in the line. Undefined when there is no command in it.
 * Source: actions/runner src/Runner.Common/ActionCommand.cs (TryParseV2, TryParse)
 * @param resumeToken what ends a pause begun by stop-commands; while given, no other command is read
 */
export function parseLogCommand(line: string, resumeToken?: string): LogCommand | undefined {
  const expected = (command: LogCommand | undefined): command is LogCommand =>
    command !== undefined &&
    (resumeToken === undefined ? known.has(command.name) : command.name === resumeToken.toLowerCase())
  return [doubleColon(line), bracket(line)].find(expected)
}

function doubleColon(line: string): LogCommand | undefined {
  const match = /^::(.*?)::(.*)$/s.exec(line.replace(leadingSpace, ''))
  if (!match) return undefined
  const [, info = '', text = ''] = match
  return command(info, ',', unescape(text, dataEscapes), propertyEscapes)
}

function bracket(line: string): LogCommand | undefined {
  const match = /##\[([^\]]*)\](.*)$/s.exec(line)
  if (!match) return undefined
  const [, info = '', text = ''] = match
  return command(info, ';', unescape(text, bracketEscapes), bracketEscapes)
}

function command(info: string, separator: string, text: string, escapes: Escapes): LogCommand {
  const space = info.indexOf(' ')
  const name = space < 0 ? info : info.slice(0, space)
  const list =
    space < 0
      ? []
      : info
          .slice(space + 1)
          .trim()
          .split(separator)
  const properties = list.flatMap((item) => {
    const [, key, value] = /^([^=]+)=(.+)$/s.exec(item) ?? []
    return key === undefined || value === undefined
      ? []
      : [[key.toLowerCase(), unescape(value, escapes)] as const]
  })
  return { name: name.toLowerCase(), properties: Object.fromEntries(properties), data: text }
}

type Escapes = readonly (readonly [code: string, character: string])[]

const dataEscapes: Escapes = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%25', '%'],
]
const propertyEscapes: Escapes = [
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%3A', ':'],
  ['%2C', ','],
  ['%25', '%'],
]
const bracketEscapes: Escapes = [
  ['%3B', ';'],
  ['%0D', '\r'],
  ['%0A', '\n'],
  ['%5D', ']'],
  ['%25', '%'],
]

const unescape = (text: string, escapes: Escapes): string =>
  escapes.reduce((result, [code, character]) => result.replaceAll(code, character), text)

/** The kinds of thing that a gossfile can speak of. Source: goss docs/gossfile.md */
const kinds = new Set([
  'addr',
  'command',
  'dns',
  'file',
  'gossfile',
  'group',
  'http',
  'interface',
  'kernel-param',
  'matching',
  'mount',
  'package',
  'port',
  'process',
  'service',
  'user',
])

/** Whether the content of a YAML file is for goss. */
export function isGossFile(content: unknown): boolean {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return false
  const keys = Object.keys(content)
  return keys.length > 0 && keys.every((key) => kinds.has(key))
}

/** Runs the goss of the guest on a file; without one it does not apply there. Its TAP has a line for each assertion. */
export function gossCommand(file: string): readonly string[] {
  const validate =
    'command -v goss >/dev/null || { echo the guest has no goss; exit 77; }; exec goss -g "$1" validate'
  return ['sh', '-c', `${validate} --format tap --no-color`, 'sh', file]
}

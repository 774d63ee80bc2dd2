import { quote } from '../runtime/quote.js'

/** Shell text that becomes `command`, as root where `sudo` is set; a root login needs no sudo in the guest. */
export function replacing(command: readonly string[], sudo: boolean): string {
  const own = `exec ${quote(command)}`
  return sudo ? `if [ "$(id -u)" -eq 0 ]; then ${own}; else exec sudo -n -- ${quote(command)}; fi` : own
}

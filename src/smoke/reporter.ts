import { quote } from '../runtime/quote.js'

/**
 * The guest's shell text for an agent's shell, whose descriptor 4 leads to a reporter: told a mark and folders, this
 * prints how full their file systems are, and the mark's end. It is there from the start, for a process for each test
 * is dear under emulation. All in one line: some login shells take no other in quotes.
 */
export function agentCommand(): string {
  const report = `{ ${quote(['perl', '-e', perlReporter])} 2>/dev/null || ${shellReporter}; }`
  return `exec ${quote(['sh', '-c', `exec 3>&1; sh 4>&1 >&3 3>&- | ${report} 3>&-`])}`
}

/**
 * tcdrain(3) of the serial console, for a second at most: what a test has written there is sent by interrupts, on a
 * processor that may be slower than the one which says that the test has ended. 0x901 is O_WRONLY|O_NOCTTY|O_NONBLOCK,
 * 0x5409 is TCSBRK.
 */
const drain = 'if (sysopen C, "/dev/ttyS0", 0x901) { alarm 1; ioctl C, 0x5409, 1; alarm 0; close C }'

/** statfs(2) by its number on x86_64; see struct statfs for the order of its fields. */
const folder = [
  '$s = "\\0" x 120; next if syscall 137, $_, $s',
  '@s = unpack "q10", $s; $text .= "disk $_ @s[9, 2, 4, 5, 6]\\n"',
].join('; ')

/** Without perl, or on another processor, it is up to `shellReporter`. */
const perlReporter = [
  'use Config; exit 1 if index $Config{archname}, "x86_64"',
  '$| = 1; $SIG{ALRM} = sub {}',
  `while (<STDIN>) { ($mark, @folders) = split; $text = ""; ${drain}`,
  `for (@folders) { ${folder} } print "$text\\n$mark.\\n" }`,
].join('; ')

const shellReporter = [
  'while read -r mark folders',
  'do [ -z "$folders" ] || stat -f -c "disk %n %S %b %a %c %d" $folders 2>/dev/null',
  'printf "\\n%s.\\n" "$mark"',
  'done',
].join('; ')

import { quote } from '../../runtime/quote.js'
import { procFiles, procReadings } from './proc.js'
import type { Reading } from './reading.js'

/** Seconds after which what was read is sent: on an emulated guest sending costs more than reading. */
const sendEvery = 5
/** Characters of one tick; the files have some thousands together, more where there are many CPUs. */
const longestTick = 2 ** 18

/** Read last, it ends a tick. Seconds since the boot. Source: proc(5). */
const clock = 'uptime'

/*
 * Prints the files in its arguments again and again, each under a head line, until its standard input ends. They stay
 * open and no process is started: that, and sending seldom, is what keeps it cheap. A file of many records may come in
 * pieces of up to a page.
 */
const perl = `
my ($interval, $batch, @names) = @ARGV;
my (@files, $out, $ticks);
chdir '/proc';
for (@names) {
    open my $handle, '<', $_ or next;
    push @files, ["==> $_ <==\\n", $handle];
}
do {
    for (@files) {
        my ($head, $handle) = @$_;
        $out .= $head;
        sysseek $handle, 0, 0;
        1 while (sysread($handle, $out, 65536, length $out) // 0) > 2000;
    }
    if ($ticks++ % $batch == 0) { syswrite STDOUT, $out or exit; $out = '' }
    vec($ended = '', fileno(STDIN), 1) = 1;
} until select $ended, undef, undef, $interval;
syswrite STDOUT, $out`.trim()

/* The same where there is no perl. head of several files prints such head lines too; it fails once nobody listens. */
const shell = (interval: number, files: readonly string[]): string =>
  [
    'cd /proc; set --',
    `for file in ${quote(files)}; do head -n 1 "$file" >/dev/null 2>&1 && set -- "$@" "$file"; done`,
    'exec 3<&0; { cat <&3 >/dev/null; kill $$; } >/dev/null &',
    `while head -n 1000 "$@"; do sleep ${interval} >/dev/null; done`,
  ].join('\n')

/** The guest's shell text that prints files of /proc every `interval` seconds until its standard input ends. */
export function samplerScript(interval: number): string {
  const files = [...procFiles, clock]
  const batch = Math.max(Math.round(sendEvery / interval), 1)
  const command = quote(['perl', '-e', perl, `${interval}`, `${batch}`, ...files])
  return `command -v perl >/dev/null && exec ${command}\n${shell(interval, files)}`
}

/**
 * Takes what the sampler prints, piece by piece, and calls `tick` with each moment's readings and the guest's time.
 * @throws {Error} when a tick has no end
 */
export function tickReader(tick: (uptime: number, readings: Reading[]) => void): (text: string) => void {
  let pending = ''
  return (text) => {
    pending += text
    const ends = /^==> uptime <==\n(\d{1,12}\.\d+) .*\n/gm
    let begin = 0
    for (let end = ends.exec(pending); end !== null; end = ends.exec(pending)) {
      tick(Number(end[1]), readingsOf(pending.slice(begin, end.index)))
      begin = ends.lastIndex
    }
    pending = pending.slice(begin)
    if (pending.length > longestTick) throw new Error('the guest prints no metrics')
  }
}

function readingsOf(text: string): Reading[] {
  return text.split(/^==> /m).flatMap((part) => {
    const [, file = '', content = ''] = /^(\S+) <==\n([^]*)$/.exec(part) ?? []
    return procReadings(file, content)
  })
}

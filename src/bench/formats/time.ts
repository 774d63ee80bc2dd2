import { type Format, type Measurement, stemOf } from './format.js'

/** bash's `time` (`real\t0m1.234s`) and POSIX `time -p` (`real 1.23`). */
const shell = /^(real|user|sys)\s+(?:(\d+)m)?([\d.]+)s?$/gm
/** GNU time: one line of all (`0.10user 0.02system 1:02.50elapsed`), or one of each with -v. Hours come with -v and without. */
const gnu = /^([\d.]+)user ([\d.]+)system ((?:\d+:)+[\d.]+)elapsed .{0,80}?(\d{1,20})maxresident\)k$/gm
const verbose =
  /^\t(User time|System time|Elapsed \(wall clock\) time|Maximum resident set size) \(.*\): ([\d:.]+)$/gm

const named: Readonly<Record<string, string>> = {
  ...{ real: 'real time', user: 'user time', sys: 'system time' },
  ...{ 'Elapsed (wall clock) time': 'real time', 'User time': 'user time', 'System time': 'system time' },
}

/**
 * What `time COMMAND` says on standard error, of the shells and of GNU time, named after the file.
 * Source: bash(1) TIMEFORMAT, POSIX time, time(1) of GNU time 1.9.
 */
export const time: Format = {
  name: 'time',
  recognise: (text) => [shell, gnu, verbose].some((pattern) => text.search(pattern) >= 0),
  parse: (text, file) => timesIn(text, stemOf(file)),
}

/** Every time in a text, in its order; `name` is what was timed. */
export function timesIn(text: string, name: string): Measurement[] {
  const seconds = (metric: string, value: number): Measurement => ({
    name,
    metric,
    unit: 's',
    better: 'lower',
    values: [value],
  })
  const memory = (kibibytes: string): Measurement => ({
    name,
    metric: 'peak memory',
    unit: 'KiB',
    better: 'lower',
    values: [Number(kibibytes)],
  })
  return [
    ...[...text.matchAll(shell)].map(([, which = '', minutes = '0', rest]) =>
      seconds(named[which] ?? which, Number(minutes) * 60 + Number(rest)),
    ),
    ...[...text.matchAll(gnu)].flatMap(([, user, system, elapsed = '', resident = '']) => [
      seconds('real time', clock(elapsed)),
      seconds('user time', Number(user)),
      seconds('system time', Number(system)),
      memory(resident),
    ]),
    ...[...text.matchAll(verbose)].map(([, which = '', value = '']) => {
      const metric = named[which]
      return metric === undefined ? memory(value) : seconds(metric, clock(value))
    }),
  ]
}

/** Seconds of `1:02:03.4`, `2:03.4` or `3.4`. */
function clock(text: string): number {
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
}

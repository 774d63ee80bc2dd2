import type { Format, Measurement } from './format.js'

/** GNU coreutils dd's last line in the C locale; BusyBox and others word it so too. */
const copied = /^(\d+) bytes(?: \(.*\))? copied, ([\d.]+(?:e[-+]?\d+)?) s(?:econds)?,/gm
/** bash's `time` (`real\t0m1.234s`) and POSIX `time -p` (`real 1.23`). */
const timed = /^(real|user|sys)\s+(?:(\d+)m)?([\d.]+)s?$/gm

const named: Readonly<Record<string, string>> = { real: 'real time', user: 'user time', sys: 'system time' }

/**
 * What `{ time dd …; } 2>results/NAME.log` leaves: dd's throughput and the shell's times, named after the file.
 * Source: dd(1) of GNU coreutils, bash(1) TIMEFORMAT, POSIX time.
 */
export const dd: Format = {
  name: 'dd',
  recognise: (text) => text.search(copied) >= 0 || text.search(timed) >= 0,
  parse: (text, stem) => {
    const rates = [...text.matchAll(copied)]
      .map(([, bytes, seconds]) => Number(bytes) / Number(seconds))
      .filter(Number.isFinite)
    const throughput: Measurement = {
      name: stem,
      metric: 'throughput',
      unit: 'B/s',
      better: 'higher',
      values: rates,
    }
    const times = [...text.matchAll(timed)].map(([, which = '', minutes = '0', seconds]): Measurement => ({
      name: stem,
      metric: named[which] ?? which,
      unit: 's',
      better: 'lower',
      values: [Number(minutes) * 60 + Number(seconds)],
    }))
    return [...(rates.length > 0 ? [throughput] : []), ...times]
  },
}

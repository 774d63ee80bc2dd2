import { type Format, type Measurement, stemOf } from './format.js'
import { timesIn } from './time.js'

/** GNU coreutils dd's last line in the C locale; BusyBox and others word it so too. */
const copied = /^(\d+) bytes(?: \(.*\))? copied, ([\d.]+(?:e[-+]?\d+)?) s(?:econds)?,/gm

/**
 * What `{ time dd …; } 2>results/NAME.log` leaves: dd's throughput and the shell's times, named after the file.
 * Source: dd(1) of GNU coreutils.
 */
export const dd: Format = {
  name: 'dd',
  recognise: (text) => text.search(copied) >= 0,
  parse: (text, file) => {
    const throughput: Measurement = {
      name: stemOf(file),
      metric: 'throughput',
      unit: 'B/s',
      better: 'higher',
      values: [...text.matchAll(copied)]
        .map(([, bytes, seconds]) => Number(bytes) / Number(seconds))
        .filter(Number.isFinite),
    }
    return [throughput, ...timesIn(text, stemOf(file))]
  },
}

import type { Format } from './format.js'

interface Report {
  readonly results: readonly {
    readonly command: string
    /** Seconds of every run. */
    readonly times: readonly number[]
    /** Seconds, the mean of all runs. */
    readonly user: number
    readonly system: number
  }[]
}

/**
 * hyperfine --export-json: the time of every run, and the mean of what the CPU spent on it. A command that was given a
 * name goes by it.
 * Source: hyperfine's README, "Export results", and what hyperfine 1.15 writes.
 */
export const hyperfine: Format = {
  name: 'hyperfine',
  recognise: (text) => /^\{\s*"results"\s*:\s*\[\s*\{\s*"command"\s*:/.test(text),
  parse: (text) =>
    (JSON.parse(text) as Report).results.flatMap(({ command: name, times, user, system }) => [
      { name, metric: 'time', unit: 's', better: 'lower', values: times },
      { name, metric: 'user time', unit: 's', better: 'lower', values: [user] },
      { name, metric: 'system time', unit: 's', better: 'lower', values: [system] },
    ]),
}

/** What `runBenchmark` is to do. Paths are absolute. */
export interface BenchmarkInputs {
  /** The VM's state folder. */
  readonly vm: string
  /** An executable file. */
  readonly runner: string
  /** Files and folders that are copied beside the runner. */
  readonly tools: readonly string[]
  /** Where the runner leaves its results in the guest: relative to its own folder, or absolute. */
  readonly resultsDirectory: string
  readonly sudo: boolean
  /** Milliseconds that the runner may take, each time. */
  readonly timeout: number
  /** How often the runner is run. */
  readonly repeat: number
  /** Milliseconds between two readings of the node metrics; 0: none are read. */
  readonly metricsInterval: number
  /** Where the node metrics are sent as well. */
  readonly metricsPushUrl: URL | undefined
  readonly artifactName: string
  /** Undefined: as the repository has it. */
  readonly retentionDays: number | undefined
  readonly ifNoResults: 'error' | 'warn' | 'ignore'
  readonly requireAccelerator: 'kvm' | 'any'
}

/** What a benchmark is given by `npm run bench`. */
export interface Bench {
  /** A bootable image; built from the default recipe, once, when the user gave none. */
  readonly image: () => Promise<string>
  /** An empty folder of the benchmark's own, removed afterwards. */
  readonly folder: string
  /** Tells how far it has come. */
  readonly say: (text: string) => void
}

/** One figure of ours beside the same of the reference. Lower is better. */
export interface Row {
  readonly name: string
  readonly unit: string
  readonly ours: number
  readonly reference: number
  /** ours / reference. */
  readonly ratio: number
  /** The ratio not to exceed. */
  readonly goal: number
}

export interface Benchmark {
  readonly name: string
  /** What is measured against what, in a line. */
  readonly about: string
  readonly run: (bench: Bench) => Promise<readonly Row[]>
}

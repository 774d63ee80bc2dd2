import { createReadStream, statSync } from 'node:fs'
import { info } from '../runtime/log.js'
import { formatSize } from '../runtime/units.js'
import type { Guest } from '../vm/guest.js'
import type { UpgradeInputs } from './inputs.js'
import type { Progress } from './progress.js'
import { asRoot } from './system.js'

export interface Installation {
  /** The install command's exit status; null when the connection was lost, as when the guest restarted by itself. */
  readonly exitCode: number | null
  /** The last that it said. Raw guest text. */
  readonly said: string
  /** Milliseconds until the guest had taken the last byte, and from then on until the command had ended. */
  readonly copy: number
  readonly install: number
}

/** Gives the update to the install command on its standard input, so that it is installed while it arrives. */
export async function install(
  guest: Guest,
  { updateImage, installCommand }: UpgradeInputs,
  progress: Progress,
  signal: AbortSignal,
): Promise<Installation> {
  const { size } = statSync(updateImage)
  const input = createReadStream(updateImage, { highWaterMark: 1 << 18 })
  const started = performance.now()
  let copied: number | undefined
  input.once('close', () => (copied = performance.now()))
  info(`Installing ${updateImage}, ${formatSize(size)}`)
  progress.during(() =>
    copied === undefined
      ? `copying, ${formatSize(input.bytesRead)} of ${formatSize(size)}`
      : 'installing, all of it is in the guest',
  )
  try {
    const { exitCode, stdout, stderr } = await guest.run(asRoot(installCommand), {
      input,
      signal: AbortSignal.any([signal, progress.restarted]),
      limit: 8192,
    })
    const ended = performance.now()
    const taken = copied ?? ended
    return {
      exitCode,
      said: `${stderr}${stdout}`.trim(),
      copy: taken - started,
      install: ended - taken,
    }
  } finally {
    input.destroy()
  }
}

import { readdirSync, readFileSync } from 'node:fs'

export const trackingVariable = 'RUNNER_TRACKING_ID'

/**
 * Kills every process whose environment holds this job's tracking id, as the runner does when a job ends.
 * @returns the names and ids of the processes it killed
 */
export function killOrphans(trackingId: string): string[] {
  const wanted = `${trackingVariable}=${trackingId}`
  const killed: string[] = []
  for (const pid of readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && Number(name) !== process.pid,
  )) {
    try {
      // Readable for our own processes only, which is all a job can have started without privileges.
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(wanted)) continue
      const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
      process.kill(Number(pid), 'SIGKILL')
      killed.push(`${name} (${pid})`)
    } catch {
      // Gone meanwhile, or somebody else's.
    }
  }
  return killed
}

import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

export const trackingVariable = 'RUNNER_TRACKING_ID'

/** How often we look again for what was just killed, 50 ms apart. */
const attempts = 100

/**
 * Kills every process whose environment holds this job's tracking id, as the runner does when a job ends, and waits
 * until they are gone.
 * @returns their names and ids
 */
export async function killOrphans(trackingId: string): Promise<string[]> {
  const killed = new Map<string, string>()
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const found = tracked(trackingId)
    if (found.length === 0) break
    for (const { pid, name } of found) {
      kill(pid)
      killed.set(String(pid), `${name} (${pid})`)
    }
    await delay(50)
  }
  return [...killed.values()]
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone by itself.
  }
}

/* A process that has ended but was not waited for has no environment left, so it is not found. */
function tracked(trackingId: string): { pid: number; name: string }[] {
  const wanted = `${trackingVariable}=${trackingId}`
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  return pids.flatMap((pid) => {
    try {
      // Readable for our own processes only, which is all a job can have started without privileges.
      const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
      const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
      return variables.includes(wanted) ? [{ pid: Number(pid), name }] : []
    } catch {
      // Gone meanwhile, or somebody else's.
      return []
    }
  })
}

import { createWriteStream, renameSync, rmSync, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { UserError } from '../runtime/errors.js'
import { info } from '../runtime/log.js'
import { formatSize } from '../runtime/units.js'
import { fileDigest } from './digest.js'

/** How often in a row a download may fail without having brought a byte. */
const tries = 4

/** Milliseconds before the first of the tries that follow; each later one waits twice as long. */
const pause = 250

/** Milliseconds after which a server that says nothing has failed. */
const silence = 60_000

/**
 * Downloads a file, from where an earlier download of it broke off, and checks its digest before it gets its name.
 * @param part gets the bytes; left there by a failed download, for the next one to go on with
 * @throws {UserError} when the server refuses, when it fails again and again, or on another digest
 */
export async function download(url: string, sha256: string, file: string, part: string): Promise<void> {
  const before = bytesIn(part)
  info(before === 0 ? `Downloading ${url}` : `Downloading ${url}, from ${formatSize(before)} on`)
  await fetchAll(url, part)
  let found = await fileDigest(part)
  if (found !== sha256 && before > 0) {
    info(`What was there of ${url} was of something else; downloading it from the beginning`)
    rmSync(part)
    await fetchAll(url, part)
    found = await fileDigest(part)
  }
  if (found !== sha256) {
    rmSync(part)
    throw new UserError(`${url}: expected sha256:${sha256}, downloaded sha256:${found}`)
  }
  renameSync(part, file)
}

async function fetchAll(url: string, part: string): Promise<void> {
  for (let failures = 0; ;) {
    const start = bytesIn(part)
    try {
      await fetchRest(url, part, start)
      return
    } catch (error) {
      if (error instanceof UserError) throw error
      failures = bytesIn(part) > start ? 0 : failures + 1
      if (failures === tries) throw new UserError(`${url}: ${reason(error)}`)
      info(`${url} broke off (${reason(error)}); going on from ${formatSize(bytesIn(part))}`)
      await sleep(pause * 2 ** failures)
    }
  }
}

/** Appends what is missing. @throws {UserError} when another try would end the same way */
async function fetchRest(url: string, part: string, start: number): Promise<void> {
  const watch = new AbortController()
  const timer = setTimeout(() => {
    watch.abort(new Error(`nothing came for ${silence / 1000} s`))
  }, silence)
  try {
    const headers = start > 0 ? { range: `bytes=${start}-` } : {}
    const response = await fetch(url, { headers, signal: watch.signal })
    // Nothing lies beyond what is there: the digest will tell whether it is all.
    if (start > 0 && response.status === 416) return
    if (!response.ok || response.body === null) {
      const answer = `the server answered ${response.status} ${response.statusText}`.trimEnd()
      const passing = response.status >= 500 || [408, 429].includes(response.status)
      throw passing ? new Error(answer) : new UserError(`${url}: ${answer}`)
    }
    const goesOn = response.headers.get('content-range')?.startsWith(`bytes ${start}-`) === true
    const body = Readable.fromWeb(response.body).on('data', () => timer.refresh())
    await pipeline(body, createWriteStream(part, { flags: response.status === 206 && goesOn ? 'a' : 'w' }))
  } finally {
    clearTimeout(timer)
  }
}

const bytesIn = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0

/** What lies at the bottom of it: fetch itself says no more than that it failed. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : reason(error.cause)
}

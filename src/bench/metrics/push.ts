import { info, secret, warning } from '../../runtime/log.js'
import type { Metrics } from './metrics.js'
import { importLines } from './openmetrics.js'
import type { Labels } from './reading.js'

/** Characters of one request, and milliseconds it may take. */
const mostAtOnce = 4 * 2 ** 20
const patience = 30_000

/** Keeps what in the URL gives access out of the log, whatever prints it. */
export function maskUrl({ href, password, username, searchParams }: URL): void {
  const parts = [password, password === '' ? '' : basic(username, password), ...searchParams.values()]
  if (parts.some((part) => part !== '')) [href, ...parts].filter((part) => part !== '').forEach(secret)
}

/**
 * Sends metrics to an endpoint that imports Prometheus' text format with times, such as VictoriaMetrics'
 * /api/v1/import/prometheus. `labels` tell this run from others. Trouble is a warning: the files have everything.
 */
export async function push(metrics: Metrics, url: URL, labels: Labels): Promise<void> {
  const where = `${url.origin}${url.pathname}`
  try {
    let samples = 0
    for (const text of pieces(importLines(metrics, labels))) {
      await send(url, text)
      samples += text.split('\n').length - 1
    }
    info(`Metrics: ${samples} samples sent to ${where}`)
  } catch (error) {
    warning(`The metrics could not be sent to ${where}: ${reasonOf(error)}`)
  }
}

async function send(url: URL, text: string): Promise<void> {
  const { username, password } = url
  // fetch takes no credentials within a URL.
  const target = new URL(url)
  target.username = target.password = ''
  const response = await fetch(target, {
    method: 'POST',
    body: text,
    headers: {
      'Content-Type': 'text/plain; version=0.0.4',
      ...(username !== '' && { Authorization: `Basic ${basic(username, password)}` }),
    },
    // Credentials go to the host they are for.
    redirect: 'manual',
    signal: AbortSignal.timeout(patience),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`HTTP status ${response.status}`)
}

const basic = (username: string, password: string): string =>
  Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')

function* pieces(texts: Iterable<string>): Generator<string> {
  let piece = ''
  for (const text of texts) {
    piece += text
    if (piece.length < mostAtOnce) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

/** fetch hides what happened behind "fetch failed". */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { readonly cause?: NodeJS.ErrnoException }
  return cause?.code ?? cause?.message ?? message
}

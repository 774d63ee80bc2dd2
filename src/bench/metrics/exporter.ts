import { setTimeout } from 'node:timers/promises'
import type { Guest } from '../../vm/guest.js'
import { type Exposition, readExposition } from './exposition.js'

/** Where node_exporter listens. Source: its documentation, --web.listen-address. */
const port = 9100
/** Milliseconds that an answer may take, and bytes it may have. */
const patience = 10_000
const mostBytes = 4 * 2 ** 20

/** What node_exporter in the guest tells now; undefined where there is none. It is reached through the SSH connection. */
export async function scrape(guest: Pick<Guest, 'connect'>): Promise<Exposition | undefined> {
  const connection = guest.connect(port)
  connection.stdin.on('error', () => undefined)
  connection.stderr.resume()
  connection.stdin.write(
    'GET /metrics HTTP/1.0\r\nHost: localhost\r\nAccept: text/plain; version=0.0.4\r\n\r\n',
  )
  const ended = new Promise<void>((resolve, reject) => {
    connection.once('error', reject)
    connection.once('close', resolve)
  })
  const pieces: Buffer[] = []
  let bytes = 0
  connection.stdout.on('data', (piece: Buffer) => {
    pieces.push(piece)
    bytes += piece.length
    if (bytes > mostBytes) connection.kill()
  })
  const late = new AbortController()
  try {
    await Promise.race([ended, setTimeout(patience, undefined, { signal: late.signal })])
  } finally {
    late.abort()
    connection.kill()
  }
  const answer = Buffer.concat(pieces).toString()
  if (bytes > mostBytes || !/^HTTP\/1\.[01] 200 /.test(answer)) return undefined
  return readExposition(answer.slice(answer.indexOf('\r\n\r\n') + 4))
}

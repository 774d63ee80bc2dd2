import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

/** Bytes read at once. */
const pieceSize = 2 ** 20

/**
 * SHA-256 of a file's bytes, in hex. The next piece is read while one is hashed, and no piece needs memory of its own:
 * a stream takes half as long again, and every image is read whole for this.
 */
export async function fileDigest(file: string): Promise<string> {
  const hash = createHash('sha256')
  const handle = await open(file)
  try {
    let [piece, next] = [Buffer.allocUnsafe(pieceSize), Buffer.allocUnsafe(pieceSize)]
    let reading = handle.read(piece)
    for (;;) {
      const { bytesRead } = await reading
      if (bytesRead === 0) return hash.digest('hex')
      reading = handle.read(next)
      hash.update(piece.subarray(0, bytesRead))
      ;[piece, next] = [next, piece]
    }
  } finally {
    await handle.close()
  }
}

import { closeSync, openSync, readSync } from 'node:fs'
import path from 'node:path'
import { group, info, quoted } from '../runtime/log.js'
import { formatSize } from '../runtime/units.js'

/** Bytes of one file, and of all together, that are shown in the log. */
const fileBytes = 64 * 2 ** 10
const totalBytes = 2 ** 20
/** Lines of one list. */
const mostLines = 200

/** Shows the result files in the log, each to a certain length. */
export async function showFiles(
  folder: string,
  files: readonly { readonly path: string; readonly bytes: number }[],
): Promise<void> {
  await group(`Results: ${files.length} files`, () => {
    let left = totalBytes
    for (const { path: name, bytes } of files) {
      if (left === 0) {
        info('The log shows no more than this; every file is in the results folder and the artifact.')
        break
      }
      const text = beginning(path.join(folder, name), Math.min(fileBytes, left))
      left -= text.length
      info(`${name} (${formatSize(bytes)})`)
      if (text.includes(0)) {
        info('  binary, not shown')
      } else {
        quoted(text.toString())
        if (text.length < bytes) info(`  … the first ${formatSize(text.length)} of it`)
      }
    }
    return Promise.resolve()
  })
}

/** Says each of many things, up to a point. */
export function list(lines: readonly string[], say: (line: string) => void = info): void {
  lines.slice(0, mostLines).forEach((line) => {
    say(line)
  })
  if (lines.length > mostLines) say(`… and ${lines.length - mostLines} more`)
}

function beginning(file: string, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  const descriptor = openSync(file, 'r')
  try {
    return buffer.subarray(0, readSync(descriptor, buffer))
  } finally {
    closeSync(descriptor)
  }
}

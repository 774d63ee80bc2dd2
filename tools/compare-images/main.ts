/** Says which files differ between two images: `npm run compare-images -- A B`. No root, no loop device, no mount. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe } from '../../src/runtime/action.js'
import { UserError } from '../../src/runtime/errors.js'
import { compare } from './compare.js'

const scratch = mkdtempSync(path.join(tmpdir(), 'compare-images-'))
try {
  const [first, second, ...more] = process.argv.slice(2)
  if (first === undefined || second === undefined || more.length > 0) {
    throw new UserError('usage: npm run compare-images -- IMAGE IMAGE')
  }
  const found = await compare([first, second], scratch)
  console.log(found.length === 0 ? 'The images hold the same.' : found.join('\n'))
  process.exitCode = found.length === 0 ? 0 : 1
} catch (error) {
  console.error(describe(error))
  process.exitCode = 2
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

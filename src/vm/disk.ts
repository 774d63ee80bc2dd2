import { open, stat } from 'node:fs/promises'
import path from 'node:path'
import { fileDigest } from '../runtime/digest.js'
import { Failure, InputError } from '../runtime/errors.js'
import { CommandError, run } from '../runtime/process.js'
import { formatSize } from '../runtime/units.js'
import { files } from './state.js'

/** Bytes in a logical block of a raw disk image. */
const sector = 512

/**
 * Proves an image whole before a VM runs on it: QEMU itself starts on a truncated one without complaint. With a digest
 * the bytes are compared; without, the image's own structure is.
 * @returns the image's format
 * @throws {Failure} image-corrupt
 */
export async function checkImage(image: string, digest: string | undefined): Promise<'raw' | 'qcow2'> {
  const format = await formatOf(image)
  if (digest !== undefined) {
    const found = `sha256:${await fileDigest(image)}`
    if (found !== digest) {
      throw corrupt(image, `its digest is ${found}, not ${digest} as image-digest says`)
    }
  } else if (format === 'qcow2') await checkQcow2(image)
  else await checkPartitionTable(image)
  return format
}

/** @throws {InputError} when the guest's disk would be smaller than the image, and so lose its end */
export async function checkDiskSize(image: string, size: number): Promise<void> {
  const { stdout } = await run(['qemu-img', 'info', '--output=json', image])
  const { 'virtual-size': needed } = JSON.parse(stdout) as { 'virtual-size': number }
  if (size < needed) {
    throw new InputError('disk-size', formatSize(size), `the image's own ${formatSize(needed)} or more`)
  }
}

/** Makes the VM's disk: a copy-on-write overlay, of `size` bytes where it is to be larger than the image. */
export async function createOverlay(
  image: string,
  format: 'raw' | 'qcow2',
  folder: string,
  size?: number,
): Promise<void> {
  await run(overlayCommand(image, format, size), { cwd: folder })
}

export function overlayCommand(image: string, format: 'raw' | 'qcow2', size?: number): string[] {
  const command = ['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', format, '-b', image, files.overlay]
  return size === undefined ? command : [...command, String(size)]
}

/** The format of a disk image, by its first bytes. */
export async function formatOf(image: string): Promise<'raw' | 'qcow2'> {
  const file = await open(image)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
    // Source: QEMU docs/interop/qcow2.txt, header magic.
    return bytesRead === 4 && buffer.readUInt32BE() === 0x514649fb ? 'qcow2' : 'raw'
  } finally {
    await file.close()
  }
}

/** A compressed cluster beyond the end of the file is found only by reading what the tables point at. */
async function checkQcow2(image: string): Promise<void> {
  try {
    await run(['qemu-img', 'check', '-q', '-f', 'qcow2', image])
  } catch (error) {
    // Source: qemu-img(1), check: clusters that nothing points at cost space, and harm nobody.
    const leaksOnly = 3
    if (!(error instanceof CommandError)) throw error
    if (error.exitCode !== leaksOnly) {
      throw corrupt(image, `qemu-img check: ${error.stderr.trim() || error.reason}`)
    }
  }
}

/** A GPT names its last sector; an image that ends before it has been cut. Source: UEFI 2.10, table 5.5. */
async function checkPartitionTable(image: string): Promise<void> {
  const { size } = await stat(image)
  if (size < sector) throw corrupt(image, `it has ${size} bytes, less than one sector`)
  const file = await open(image)
  try {
    const { buffer } = await file.read(Buffer.alloc(sector), 0, sector, sector)
    if (buffer.toString('latin1', 0, 8) !== 'EFI PART') return
    const needed = (Number(buffer.readBigUInt64LE(32)) + 1) * sector
    if (size < needed) throw corrupt(image, `it has ${size} bytes where its partition table says ${needed}`)
  } finally {
    await file.close()
  }
}

function corrupt(image: string, what: string): Failure {
  return new Failure({
    class: 'image-corrupt',
    message: `${path.basename(image)} is not whole: ${what}`,
    advice: 'Build or download the image again.',
  })
}

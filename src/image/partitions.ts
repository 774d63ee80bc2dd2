import { parseSize } from '../runtime/units.js'
import { namedUuid } from './digest.js'

const sector = 512
const mebibyte = 2 ** 20

export interface Partition {
  readonly name: string
  /** What it holds: the boot loader; what outlives upgrades; a slot's root file system; a slot's /var. */
  readonly type: 'esp' | 'config' | 'root' | 'var'
  /** As written, such as `2G`. */
  readonly size: string
}

/** Source: https://uapi-group.org/specifications/specs/discoverable_partitions_specification/ (x86-64) */
const types = {
  esp: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
  config: '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
  root: '4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709',
  var: '4D21B016-B534-45C2-A9FB-5C16E091FD2D',
} as const

export interface PlacedPartition extends Partition {
  /** In bytes; a multiple of 1 MiB. */
  readonly offset: number
  /** In bytes; a multiple of 1 MiB. */
  readonly bytes: number
}

export interface Layout {
  readonly partitions: readonly PlacedPartition[]
  /** Of the whole disk, in bytes. */
  readonly bytes: number
}

/**
 * Places partitions one after another, with 1 MiB before and after them for the partition table and its copy.
 * @param diskSize of the whole disk, such as `8G`; undefined for no more than the partitions need
 */
export function layOut(partitions: readonly Partition[], diskSize: string | undefined): Layout {
  let offset = mebibyte
  const placed = partitions.map((partition) => {
    const bytes = parseSize(partition.size) ?? 0
    const at = { ...partition, offset, bytes }
    offset += bytes
    return at
  })
  const bytes = parseSize(diskSize ?? '0M') ?? 0
  return { partitions: placed, bytes: Math.max(bytes, offset + mebibyte) }
}

/** Whether a partition is of the slot that is empty until an update is installed in it. */
export function isOfSlotB({ type, name }: Partition): boolean {
  return (type === 'root' || type === 'var') && name.startsWith('B_')
}

/** The partition table as sfdisk reads it; every identifier follows from `name`. */
export function sfdiskScript(name: string, { partitions }: Layout): string {
  const lines = partitions.map(({ name: label, type, offset, bytes }) =>
    [
      `start=${offset / sector}`,
      `size=${bytes / sector}`,
      `type=${types[type]}`,
      `uuid=${namedUuid(`${name} partition ${label}`)}`,
      `name="${label}"`,
    ].join(', '),
  )
  return ['label: gpt', `label-id: ${namedUuid(`${name} disk`)}`, 'unit: sectors', ...lines, ''].join('\n')
}

/** Writes a file system into its partition, leaving holes where it has zeros. */
export function placeCommand(file: string, disk: string, { offset }: PlacedPartition): string[] {
  return [
    'dd',
    `if=${file}`,
    `of=${disk}`,
    'bs=1M',
    `seek=${offset / mebibyte}`,
    'conv=notrunc,sparse',
    'status=none',
  ]
}

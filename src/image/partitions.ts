import { parseSize } from '../runtime/units.js'
import { namedUuid } from './digest.js'
import type { Partition } from './recipe.js'

const sector = 512
const mebibyte = 2 ** 20

/** Source: https://uapi-group.org/specifications/specs/discoverable_partitions_specification/ (x86-64) */
const types = {
  esp: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B',
  root: '4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709',
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

/** Places partitions one after another, with 1 MiB before and after them for the partition table and its copy. */
export function layOut(partitions: readonly Partition[]): Layout {
  let offset = mebibyte
  const placed = partitions.map((partition) => {
    const bytes = parseSize(partition.size) ?? 0
    const at = { ...partition, offset, bytes }
    offset += bytes
    return at
  })
  return { partitions: placed, bytes: offset + mebibyte }
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

import { formatSize } from '../runtime/units.js'

/** What the agent says of the guest after a command. Raw guest text. */
export interface GuestHealth {
  readonly bootId: string | undefined
  /** Processes that the command left, which have been ended; `names` are those of the first few. */
  readonly left?: { readonly count: number; readonly names: readonly string[] }
  /** Some of them could not be ended. */
  readonly remain: boolean
  /** The file systems that can be written to. */
  readonly disks: readonly Disk[]
}

export interface Disk {
  readonly folder: string
  /** Bytes. */
  readonly space: Room
  readonly files: Room
}

interface Room {
  readonly total: number
  readonly free: number
}

/** What stands after a command's output, see agent-script.ts. */
export interface Trailer extends GuestHealth {
  readonly exitCode: number | null
  /** The agent's own process, where it is in the cgroup of what it runs. */
  readonly agent?: number
}

export function readTrailer(trailer: string): Trailer {
  const lines = trailer.split('\n').map((line) => line.split(' '))
  const values = (key: string): string[] | undefined => lines.find(([first]) => first === key)?.slice(1)
  const [exit] = values('exit') ?? []
  const [agent] = values('agent') ?? []
  const [count, ...names] = values('left') ?? []
  return {
    exitCode: exit === undefined ? null : Number(exit),
    ...(agent !== undefined && { agent: Number(agent) }),
    bootId: values('boot')?.[0],
    ...(count !== undefined && { left: { count: Number(count), names } }),
    remain: values('remain') !== undefined,
    disks: lines.filter(([key]) => key === 'disk').map(([, ...fields]) => disk(fields)),
  }
}

function disk([folder = '', ...numbers]: readonly string[]): Disk {
  const [block = 0, blocks = 0, free = 0, inodes = 0, freeInodes = 0] = numbers.map(Number)
  return {
    folder,
    space: { total: block * blocks, free: block * free },
    files: { total: inodes, free: freeInodes },
  }
}

/** What a test has done to the guest that no test after it can be trusted with; undefined when nothing. */
export function harmDone(before: GuestHealth, after: GuestHealth): string | undefined {
  if (after.remain) return 'it left processes running that could not be ended'
  for (const disk of after.disks) {
    const earlier = before.disks.find(({ folder }) => folder === disk.folder)
    if (earlier === undefined) continue
    const { free, total } = disk.space
    if (full(disk.space) && !full(earlier.space)) {
      return `it filled ${disk.folder} (${formatSize(free)} of ${formatSize(total)} free)`
    }
    if (full(disk.files) && !full(earlier.files)) {
      return `it filled ${disk.folder} with files (${disk.files.free} of ${disk.files.total} left)`
    }
  }
  return undefined
}

/** Less than a hundredth left. Some file systems know no number of files. */
function full({ total, free }: Room): boolean {
  return total > 0 && free < total / 100
}

/** `it left 3 processes running (sleep, sleep, sh), which were ended` */
export function leftBehind({ left }: GuestHealth): string | undefined {
  if (left === undefined || left.count === 0) return undefined
  const names = left.names.length === 0 ? '' : ` (${left.names.join(', ')})`
  return `it left ${left.count === 1 ? 'a process' : `${left.count} processes`} running${names}, which ${
    left.count === 1 ? 'was' : 'were'
  } ended`
}

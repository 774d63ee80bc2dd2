import { expect, test } from '@jest/globals'
import { closeSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import { changedBlocks } from '../../../src/image/changes.js'
import { inodesInUse } from '../../../src/image/file-system.js'
import { scratch } from './sample-recipe.js'

const size = 2 ** 20

/** A sparse file with a byte at each of the offsets. */
function sparse(...offsets: number[]): string {
  const file = path.join(scratch(), 'file')
  writeFileSync(file, '')
  truncateSync(file, size)
  const descriptor = openSync(file, 'r+')
  for (const offset of offsets) writeSync(descriptor, 'x', offset)
  closeSync(descriptor)
  return file
}

test('changes are whole blocks, runs of them within a cluster together', async () => {
  const before = sparse(5, 300_000)
  const after = sparse(5, 4096, 8192, 65_535, 65_536, 300_000, size - 1)
  expect(await changedBlocks(before, after)).toEqual([
    { offset: 4096, bytes: 8192 },
    { offset: 61_440, bytes: 4096 },
    { offset: 65_536, bytes: 4096 },
    { offset: size - 4096, bytes: 4096 },
  ])
  expect(await changedBlocks(after, after)).toEqual([])
})

test('inodes in use are those that dumpe2fs does not list as free', () => {
  const dumped = [
    'Inode count:              32',
    'Free inodes:              16',
    'First inode:              11',
    'Group 0: (Blocks 0-2047)',
    '  Free inodes: 13-16',
    'Group 1: (Blocks 2048-4095)',
    '  Free inodes: 19, 21-32',
  ].join('\n')
  expect(inodesInUse(dumped)).toEqual([2, 11, 12, 17, 18, 20])
})

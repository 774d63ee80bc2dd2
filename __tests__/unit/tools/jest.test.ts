import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from '@jest/globals'
import { jestCommand } from '../../../tools/jest.js'

test('people and tools run the same jest', () => {
  const file = path.join(import.meta.dirname, '../../../package.json')
  const { scripts } = JSON.parse(readFileSync(file, 'utf8')) as { scripts: Record<string, string> }
  expect(['node', ...jestCommand([]).slice(1)].join(' ')).toBe(scripts.jest)
})

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { download, parseBinaries, selectBinaries } from '../../../src/image/binaries.js'
import { scratch, write } from './sample-recipe.js'

const program = 'the program'
const sha256 = createHash('sha256').update(program).digest('hex')
const folder = write(scratch(), { replica: '#!/bin/sh\n', other: 'other' })
const allowed = 'allowed: name=path of a file that exists, or name=https://… sha256:<64 hex digits>'

describe('the input binaries', () => {
  test('takes paths, and URLs with a digest', () => {
    const replica = path.join(folder, 'replica')
    expect(parseBinaries([`replica=${replica}`, `ic-os=https://example.org/x sha256:${sha256}`])).toEqual([
      { name: 'replica', path: replica },
      { name: 'ic-os', url: 'https://example.org/x', sha256 },
    ])
  })

  test.each([
    'replica',
    'replica=/nowhere',
    '../x=/etc/passwd',
    'a=https://example.org/x',
    'a=https://example.org/x sha256:12',
    'a=/etc',
  ])('refuses %s', (line) => {
    expect(() => parseBinaries([line])).toThrow(
      `Input binaries: ${JSON.stringify(line)} is not valid; ${allowed}`,
    )
  })

  test('takes a name once', () => {
    const line = `a=${path.join(folder, 'replica')}`
    expect(() => parseBinaries([line, line])).toThrow('each name once; a is there already')
  })

  test('goes before what the recipe brings', async () => {
    const recipe = {
      binaries: { replica: path.join(folder, 'replica'), orchestrator: path.join(folder, 'replica') },
    }
    const given = [{ name: 'replica', path: path.join(folder, 'other') }]
    const binaries = await selectBinaries(recipe, given, scratch())
    expect(binaries.map(({ name }) => name)).toEqual(['orchestrator', 'replica'])
    expect(binaries[1]?.digest).toBe(createHash('sha256').update('other').digest('hex'))
  })
})

describe('a download', () => {
  let server: Server
  let url: string

  beforeAll(async () => {
    server = createServer((request, response) => {
      response.statusCode = request.url === '/program' ? 200 : 404
      response.end(program)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  test('gets its name once its digest is right', async () => {
    const file = path.join(scratch(), sha256)
    await download(`${url}/program`, sha256, file)
    expect(readFileSync(file, 'utf8')).toBe(program)
    expect(existsSync(`${file}.part`)).toBe(false)
  })

  test('with another digest is refused', async () => {
    const file = path.join(scratch(), 'file')
    const other = '0'.repeat(64)
    await expect(download(`${url}/program`, other, file)).rejects.toThrow(
      `expected sha256:${other}, downloaded sha256:${sha256}`,
    )
    expect(existsSync(file)).toBe(false)
  })

  test('that the server refuses says so', async () => {
    await expect(download(`${url}/none`, sha256, path.join(scratch(), 'x'))).rejects.toThrow(
      `${url}/none: the server answered 404 Not Found`,
    )
  })
})

import { expect, test } from '@jest/globals'
import path from 'node:path'
import { installedPackages, readPackageList } from '../../../src/image/packages.js'
import { scratch, write } from './sample-recipe.js'

function list(text: string): string {
  return path.join(write(scratch(), { 'packages.txt': text }), 'packages.txt')
}

test('a package list has one package a line, comments aside', () => {
  expect(
    readPackageList(list('# tools\n\nsudo\ncurl=7.88.1-10+deb12u5 # pinned\nsudo\nlibc6:amd64\n')),
  ).toEqual(['curl=7.88.1-10+deb12u5', 'libc6:amd64', 'sudo'])
})

test.each(['curl sudo', '-y', 'Curl', 'curl,sudo'])(
  'a package list with %j is refused by file and line',
  (line) => {
    expect(() => readPackageList(list(`sudo\n${line}\n`))).toThrow(
      `packages.txt:2: ${JSON.stringify(line)} is not valid; allowed: one package name a line`,
    )
  },
)

test('the installed packages are read from the status of dpkg', () => {
  const status = [
    'Package: zstd\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.5.4+dfsg2-5\nDescription: fast\n Package: no\n',
    'Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n',
    'Package: base-files\nStatus: install ok installed\nVersion: 12.4\nArchitecture: all\n',
  ].join('\n')
  expect(installedPackages(status)).toEqual([
    { name: 'base-files', version: '12.4', architecture: 'all' },
    { name: 'zstd', version: '1.5.4+dfsg2-5', architecture: 'amd64' },
  ])
})

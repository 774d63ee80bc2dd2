import { beforeEach, describe, expect, test } from '@jest/globals'
import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, statSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { copyInto, copyTree, linkInto, listTree, removedFrom, treeDigest } from '../../../src/image/tree.js'
import { enableLinks, enableUnit, maskUnit } from '../../../src/image/units.js'
import { scratch, write } from './sample-recipe.js'

let component: string
let tree: string

beforeEach(() => {
  component = write(path.join(scratch(), 'component'), {
    'etc/ssh/x.conf': 'x\n',
    'usr/bin/tool': '#!/bin/sh\n',
  })
  tree = path.join(scratch(), 'tree')
  mkdirSync(tree)
})

describe('a component', () => {
  test('is copied file by file, with the modes git keeps and its links as they are', () => {
    symlinkSync('/run/x', path.join(component, 'etc/link'))
    copyTree(component, tree)
    expect(listTree(tree)).toEqual([
      { path: 'etc/link', kind: 'link', target: '/run/x' },
      { path: 'etc/ssh/x.conf', kind: 'file', mode: 0o644 },
      { path: 'usr/bin/tool', kind: 'file', mode: 0o755 },
    ])
    expect(statSync(path.join(tree, 'etc')).mode & 0o777).toBe(0o755)
    expect(configIn(tree)).toBe('x\n')
  })

  test('replaces what the base brought, and a link by a file', () => {
    write(tree, { 'etc/ssh/x.conf': 'old\n' })
    mkdirSync(path.join(tree, 'usr/bin'), { recursive: true })
    symlinkSync('/etc/passwd', path.join(tree, 'usr/bin/tool'))
    copyTree(component, tree)
    expect(configIn(tree)).toBe('x\n')
    expect(lstatSync(path.join(tree, 'usr/bin/tool')).isFile()).toBe(true)
  })

  test('keeps what it replaced, for fakeroot would take a new file with its inode for the old one', () => {
    write(tree, { 'etc/ssh/x.conf': 'old\n' })
    const { ino } = statSync(path.join(tree, 'etc/ssh/x.conf'))
    copyTree(component, tree)
    const kept = listTree(removedFrom(tree)).map(({ path: file }) => path.join(removedFrom(tree), file))
    expect(kept.map((file) => statSync(file).ino)).toEqual([ino])
  })

  test('cannot lead out of the tree over a link in it', () => {
    const outside = scratch()
    symlinkSync(outside, path.join(tree, 'etc'))
    expect(() => {
      copyTree(component, tree)
    }).toThrow('/etc/ssh/x.conf cannot be put into the image: /etc is not a folder there')
    expect(existsSync(path.join(outside, 'ssh'))).toBe(false)
  })

  test('has a digest that follows names, bytes, modes and links', async () => {
    const digests = [await treeDigest(component)]
    write(component, { 'etc/ssh/x.conf': 'y\n' })
    digests.push(await treeDigest(component))
    symlinkSync('a', path.join(component, 'etc/link'))
    digests.push(await treeDigest(component))
    linkInto(component, 'etc/link', 'b')
    digests.push(await treeDigest(component))
    copyInto(component, 'etc/ssh/x.conf', path.join(write(scratch(), { y: 'y\n' }), 'y'), 0o755)
    digests.push(await treeDigest(component))
    expect(new Set(digests).size).toBe(5)
  })
})

/** The text of the copied file. */
function configIn(folder: string): string {
  return readFileSync(path.join(folder, 'etc/ssh/x.conf'), 'utf8')
}

describe('a unit', () => {
  const text =
    '[Unit]\nWantedBy=no.target\n\n[Install]\nWantedBy=multi-user.target a.target\nAlias=sshd.service\n'

  test('is enabled by its [Install] section alone', () => {
    expect(enableLinks('ssh.service', 'usr/lib/systemd/system', text)).toEqual([
      {
        path: 'etc/systemd/system/multi-user.target.wants/ssh.service',
        target: '/usr/lib/systemd/system/ssh.service',
      },
      {
        path: 'etc/systemd/system/a.target.wants/ssh.service',
        target: '/usr/lib/systemd/system/ssh.service',
      },
      { path: 'etc/systemd/system/sshd.service', target: '/usr/lib/systemd/system/ssh.service' },
    ])
  })

  test('may be an instance of a template', () => {
    expect(
      enableLinks('serial-getty@ttyS0.service', 'lib/systemd/system', '[Install]\nWantedBy=getty.target\n'),
    ).toEqual([
      {
        path: 'etc/systemd/system/getty.target.wants/serial-getty@ttyS0.service',
        target: '/lib/systemd/system/serial-getty@.service',
      },
    ])
  })

  test('is found where systemd would find it first', () => {
    write(tree, {
      'usr/lib/systemd/system/a.service': text,
      'etc/systemd/system/a.service': '[Install]\nRequiredBy=b.target\n',
    })
    enableUnit(tree, 'a.service')
    expect(readlinkSync(path.join(tree, 'etc/systemd/system/b.target.requires/a.service'))).toBe(
      '/etc/systemd/system/a.service',
    )
  })

  test('that is not there, or says not when to start, cannot be enabled', () => {
    write(tree, { 'usr/lib/systemd/system/a.service': '[Service]\n' })
    expect(() => {
      enableUnit(tree, 'b.service')
    }).toThrow('units.enable: no package or component brings b.service')
    expect(() => {
      enableUnit(tree, 'a.service')
    }).toThrow('units.enable: a.service has no [Install] section to enable it by')
  })

  test('is masked', () => {
    maskUnit(tree, 'a.timer')
    expect(readlinkSync(path.join(tree, 'etc/systemd/system/a.timer'))).toBe('/dev/null')
  })
})

import { describe, expect, test } from '@jest/globals'
import { mmdebstrapCommand, useraddCommand } from '../../../src/image/base-layer.js'
import { convertCommand } from '../../../src/image/disk-layer.js'
import { bootEntry, folders, mkfsCommand } from '../../../src/image/esp.js'
import { layOut, placeCommand, sfdiskScript } from '../../../src/image/partitions.js'
import { readRecipe } from '../../../src/image/recipe.js'
import { asOwner } from '../../../src/image/reproducible.js'
import { extractCommand, imageRelease } from '../../../src/image/root-layer.js'
import { mke2fsCommand } from '../../../src/image/file-system.js'
import { writeRequests } from '../../../src/image/installation.js'
import { writeCommand } from '../../../src/image/changes.js'
import { updateManifest, zstdCommand } from '../../../src/image/update-image.js'
import { sampleRecipe, writeSample } from './sample-recipe.js'

describe('mmdebstrap', () => {
  const recipe = readRecipe(writeSample(), 'dev')

  test('gets the packages of the base and of the variant, sorted, and the users', () => {
    expect(mmdebstrapCommand({ recipe, mirrors: [], snapshot: undefined })).toEqual([
      'mmdebstrap',
      '--architectures=amd64',
      '--variant=essential',
      '--components=main',
      '--include=initramfs-tools,linux-image-cloud-amd64,openssh-server,passwd,strace,sudo,systemd-boot-efi',
      '--format=tar',
      '--setup-hook=tar-in skeleton.tar /',
      '--customize-hook=chroot "$1" useradd --create-home --groups=sudo --shell=/bin/bash admin',
      '--customize-hook=rm -f "$1"/etc/ssh/ssh_host_*',
      'bookworm',
      'base.tar.zst',
    ])
  })

  test('gets mirrors as they were given', () => {
    const mirrors = [
      'https://mirror.example/debian',
      'deb https://mirror.example/security bookworm-security main',
    ]
    expect(mmdebstrapCommand({ recipe, mirrors, snapshot: undefined }).slice(-2)).toEqual(mirrors)
  })

  test('gets the archive as it was, updates included', () => {
    const debian = mmdebstrapCommand({ recipe, mirrors: [], snapshot: '20261101T000000Z' }).slice(-3)
    expect(debian).toEqual([
      'deb [check-valid-until=no signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://snapshot.debian.org/archive/debian/20261101T000000Z bookworm main',
      'deb [check-valid-until=no signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://snapshot.debian.org/archive/debian/20261101T000000Z bookworm-updates main',
      'deb [check-valid-until=no signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://snapshot.debian.org/archive/debian-security/20261101T000000Z bookworm-security main',
    ])
  })

  test('makes Ubuntu noble with its own kernel and sections', () => {
    const noble = readRecipe(writeSample(sampleRecipe.replace('debian-bookworm', 'ubuntu-noble')), 'prod')
    const command = mmdebstrapCommand({ recipe: noble, mirrors: [], snapshot: '20261101T000000Z' })
    expect(command).toContain('--components=main,universe')
    expect(command).toContain(
      '--include=initramfs-tools,linux-image-virtual,openssh-server,passwd,sudo,systemd-boot-efi',
    )
    expect(command.slice(-5)).toEqual([
      'noble',
      'base.tar.zst',
      'deb [check-valid-until=no signed-by=/usr/share/keyrings/ubuntu-archive-keyring.gpg] https://snapshot.ubuntu.com/ubuntu/20261101T000000Z noble main universe',
      'deb [check-valid-until=no signed-by=/usr/share/keyrings/ubuntu-archive-keyring.gpg] https://snapshot.ubuntu.com/ubuntu/20261101T000000Z noble-updates main universe',
      'deb [check-valid-until=no signed-by=/usr/share/keyrings/ubuntu-archive-keyring.gpg] https://snapshot.ubuntu.com/ubuntu/20261101T000000Z noble-security main universe',
    ])
  })

  test('makes an account nobody logs in to', () => {
    expect(useraddCommand({ name: 'replica', system: true }).join(' ')).toBe(
      'useradd --system --no-create-home --shell=/usr/sbin/nologin replica',
    )
  })
})

describe('the root file system', () => {
  test('depends on no default of the host', () => {
    const root = { name: 'guestos root', size: '2G', journal: false }
    const command = mke2fsCommand('tree', 'root.ext4', root)
    expect(command.slice(-2)).toEqual(['root.ext4', '2G'])
    expect(command[command.indexOf('-O') + 1]).toMatch(/^none,/)
    const uuid = command[command.indexOf('-U') + 1] ?? ''
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(command[command.indexOf('-E') + 1]).toBe(
      `packed_meta_blocks=1,num_backup_sb=0,hash_seed=${uuid},lazy_itable_init=0,root_owner=0:0,no_copy_xattrs`,
    )
    expect(mke2fsCommand('tree', 'root.ext4', { ...root, name: 'other root' })).not.toContain(uuid)
  })

  test('is made under fakeroot by those who are not root', () => {
    const command = extractCommand('base.tar.zst', 'tree')
    expect(asOwner(command, 'owners', true)).toEqual(command)
    expect(asOwner(command, 'owners', false)).toEqual([
      'fakeroot',
      '-s',
      'owners',
      '-i',
      'owners',
      '--',
      ...command,
    ])
  })

  test('takes a file without being made anew', () => {
    const file = { path: '/opt/ic/bin/replica', mode: '0100755', source: 'source-0' } as const
    const write = ['cd /opt/ic/bin', 'write source-0 replica', 'sif /opt/ic/bin/replica mode 0100755']
    expect(writeRequests(file)).toEqual(write)
  })

  test('is changed in the image by clusters, whole ones compressed', () => {
    const changes = [
      { offset: 4096, bytes: 8192 },
      { offset: 65536, bytes: 65536 },
    ]
    expect(writeCommand(changes, 'disk.qcow2', 2 ** 20)).toEqual([
      'qemu-io',
      '-f',
      'qcow2',
      '-c',
      'write -q -s change-0 1052672 8192',
      '-c',
      'write -q -c -s change-1 1114112 65536',
      'disk.qcow2',
    ])
  })

  test('is described to the slot that it is installed in', () => {
    const recipe = readRecipe(writeSample(), 'prod')
    const files = [{ name: 'root', bytes: 4096, digest: 'ab' }] as const
    const changes = [
      { offset: 61440, bytes: 4096 },
      { offset: 65536, bytes: 4096 },
      { offset: 131072, bytes: 4096 },
    ]
    expect(updateManifest({ recipe, version: 'v1' }, files, changes)).toBe(
      'format 1\nname sample\nversion v1\noptions ro\nfile root 4096 ab\nextent 61440 8192\nextent 131072 4096\n',
    )
  })

  test('is packed the same whatever the number of processors', () => {
    expect(zstdCommand('update.tar', 'update.tar.zst').join(' ')).toBe(
      'zstd --quiet --threads=0 -3 -o update.tar.zst update.tar',
    )
  })

  test('says which image it is', () => {
    expect(imageRelease({ name: 'guestos', variant: 'prod' })).toBe('IMAGE_ID=guestos\nVARIANT_ID=prod\n')
  })
})

describe('the disk', () => {
  const partitions = [
    { name: 'esp', type: 'esp', size: '128M' },
    { name: 'A_root', type: 'root', size: '2G' },
  ] as const
  const layout = layOut(partitions, undefined)

  test('has its partitions one after another, with room for both partition tables', () => {
    expect(layout.partitions.map(({ offset, bytes }) => [offset / 2 ** 20, bytes / 2 ** 20])).toEqual([
      [1, 128],
      [129, 2048],
    ])
    expect(layout.bytes / 2 ** 20).toBe(1 + 128 + 2048 + 1)
  })

  test('is as large as it is to be, for the store to be made in what is left', () => {
    expect(layOut(partitions, '8G')).toEqual({ ...layout, bytes: 8 * 2 ** 30 })
    expect(layOut(partitions, '1G').bytes).toBe(layout.bytes)
  })

  test('has the same identifiers every time', () => {
    expect(sfdiskScript('guestos', layout).replace(/[0-9a-f-]{36}/g, 'UUID')).toBe(
      [
        'label: gpt',
        'label-id: UUID',
        'unit: sectors',
        'start=2048, size=262144, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, uuid=UUID, name="esp"',
        'start=264192, size=4194304, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, uuid=UUID, name="A_root"',
        '',
      ].join('\n'),
    )
    expect(sfdiskScript('guestos', layout)).toBe(sfdiskScript('guestos', layout))
    expect(sfdiskScript('guestos', layout)).not.toBe(sfdiskScript('other', layout))
  })

  test('is written in place and packed', () => {
    const [esp] = layout.partitions
    if (esp === undefined) throw new Error('no partition')
    expect(placeCommand('esp.img', 'disk.img', esp)).toEqual([
      'dd',
      'if=esp.img',
      'of=disk.img',
      'bs=1M',
      'seek=1',
      'conv=notrunc,sparse',
      'status=none',
    ])
    expect(convertCommand('disk.img', 'disk.qcow2').join(' ')).toBe(
      'qemu-img convert -c -f raw -O qcow2 -o compression_type=zstd disk.img disk.qcow2',
    )
    expect(mkfsCommand('esp.img', 'guestos').slice(0, 6)).toEqual([
      'mkfs.vfat',
      '--invariant',
      '-F',
      '32',
      '-n',
      'ESP',
    ])
  })

  test('starts the kernel by an entry of its own', () => {
    expect(bootEntry({ name: 'guestos', generation: 1, slot: 'A', options: ['ro', 'panic=5'] })).toBe(
      'title guestos A\nsort-key guestos\nversion 1\nlinux /a/linux\ninitrd /a/initrd\noptions root=PARTLABEL=A_root ro panic=5\n',
    )
  })

  test('knows the folders above its files', () => {
    const files = ['EFI/BOOT/BOOTX64.EFI', 'a/linux', 'loader/entries/slot-a.conf'].map((file) => ({
      path: file,
      source: '',
    }))
    expect(folders(files)).toEqual(['EFI', 'EFI/BOOT', 'a', 'loader', 'loader/entries'])
  })
})

import { Failure } from './errors.js'

/** How to get the tools that a stock Debian or Ubuntu machine may lack. */
const packages: Readonly<Record<string, string>> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-img': 'qemu-utils',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  setpriv: 'util-linux',
  flock: 'util-linux',
  mmdebstrap: 'mmdebstrap',
  mcopy: 'mtools',
  'mkfs.vfat': 'dosfstools',
  sfdisk: 'fdisk',
  mke2fs: 'e2fsprogs',
  debugfs: 'e2fsprogs',
  fakeroot: 'fakeroot',
  zstd: 'zstd',
}

/** The failure for a program this host does not have, with the package that brings it. */
export function missingTool(program: string): Failure {
  const name = packages[program]
  return new Failure({
    class: 'missing-tool',
    message: `${program} is not installed on this machine`,
    ...(name !== undefined && { advice: `On Debian or Ubuntu: sudo apt-get install ${name}` }),
  })
}

/** A distribution release that images can be made from. */
export interface Base {
  /** As apt's sources and mmdebstrap name it. */
  readonly suite: string
  /** Sections of the archive. */
  readonly sections: readonly string[]
  /** Kernel, initrd generator and UEFI boot loader. */
  readonly bootPackages: readonly string[]
  /** The archive as it was at a moment (YYYYMMDDTHHMMSSZ), as lines for apt; each suite with its updates. */
  readonly snapshot: (timestamp: string) => readonly string[]
}

/** Every base a recipe can name. */
export const bases = {
  'debian-bookworm': {
    suite: 'bookworm',
    sections: ['main'],
    bootPackages: ['linux-image-cloud-amd64', 'initramfs-tools', 'systemd-boot-efi'],
    // https://snapshot.debian.org/
    snapshot: (timestamp) => {
      const archive = (name: string) => `https://snapshot.debian.org/archive/${name}/${timestamp}`
      return [
        snapshotLine('debian', archive('debian'), 'bookworm', 'main'),
        snapshotLine('debian', archive('debian'), 'bookworm-updates', 'main'),
        snapshotLine('debian', archive('debian-security'), 'bookworm-security', 'main'),
      ]
    },
  },
  'ubuntu-noble': {
    suite: 'noble',
    sections: ['main', 'universe'],
    bootPackages: ['linux-image-virtual', 'initramfs-tools', 'systemd-boot-efi'],
    // https://snapshot.ubuntu.com/
    snapshot: (timestamp) =>
      ['noble', 'noble-updates', 'noble-security'].map((suite) =>
        snapshotLine('ubuntu', `https://snapshot.ubuntu.com/ubuntu/${timestamp}`, suite, 'main universe'),
      ),
  },
} satisfies Record<string, Base>

export type BaseName = keyof typeof bases

/**
 * An old Release file has expired by its own word; that is the point of a snapshot. The host's apt may be of another
 * vendor, so the line names whose signature counts.
 */
function snapshotLine(vendor: string, archive: string, suite: string, sections: string): string {
  const keyring = `/usr/share/keyrings/${vendor}-archive-keyring.gpg`
  return `deb [check-valid-until=no signed-by=${keyring}] ${archive} ${suite} ${sections}`
}

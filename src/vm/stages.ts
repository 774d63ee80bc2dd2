/** The stages of a boot, in order; boot-timings has the seconds at which each was first seen. */
export const stages = ['firmware', 'bootloader', 'kernel', 'initrd', 'systemd', 'sshd', 'ready'] as const

export type Stage = (typeof stages)[number]

/** A console line that shows a stage has begun. `sshd` and `ready` are seen on the network, not on the console. */
export interface StageSign {
  readonly stage: Stage
  readonly pattern: RegExp
  /** Who prints it. */
  readonly source: string
  readonly example: string
}

export const stageSigns: readonly StageSign[] = [
  {
    stage: 'bootloader',
    pattern: /BdsDxe: starting Boot/,
    source: 'edk2 MdeModulePkg/Universal/BdsDxe',
    example: 'BdsDxe: starting Boot0001 "UEFI Misc Device" from PciRoot(0x0)/Pci(0x2,0x0)',
  },
  {
    stage: 'bootloader',
    pattern: /Booting from (?:Hard Disk|ROM)/,
    source: 'SeaBIOS src/boot.c',
    example: 'Booting from Hard Disk...',
  },
  {
    stage: 'kernel',
    pattern: /EFI stub: (?!ERROR)/,
    source: 'Linux drivers/firmware/efi/libstub',
    example: 'EFI stub: Loaded initrd from LINUX_EFI_INITRD_MEDIA_GUID device path',
  },
  {
    stage: 'kernel',
    pattern: /\] Linux version \d/,
    source: 'Linux init/main.c',
    example: '[    0.000000] Linux version 6.1.0-56-cloud-amd64 (debian-kernel@lists.debian.org)',
  },
  {
    stage: 'initrd',
    pattern: /^Loading, please wait\.\.\./,
    source: 'initramfs-tools init',
    example: 'Loading, please wait...',
  },
  {
    stage: 'initrd',
    pattern: /\] Run \/init as init process/,
    source: 'Linux init/main.c',
    example: '[    1.234567] Run /init as init process',
  },
  {
    stage: 'systemd',
    pattern: /systemd\[1\]: systemd \S+ running in system mode/,
    source: 'systemd src/core/main.c',
    example: '[    9.012345] systemd[1]: systemd 252.38-1~deb12u1 running in system mode (+PAM)',
  },
  {
    stage: 'systemd',
    pattern: /^Welcome to \S/,
    source: 'systemd src/core/main.c',
    example: 'Welcome to Debian GNU/Linux 12 (bookworm)!',
  },
]

/** The stage a console line shows to have begun, if any. */
export function stageOf(line: string): Stage | undefined {
  return stageSigns.find(({ pattern }) => pattern.test(line))?.stage
}

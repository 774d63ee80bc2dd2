import type { FailureClass } from '../runtime/errors.js'

/** A console line by which a guest is known to be lost. */
export interface FailureSign {
  readonly class: FailureClass
  readonly pattern: RegExp
  readonly message: string
  readonly advice: string
  /** Who prints it. */
  readonly source: string
  readonly example: string
  /** Only before the guest is ready: later it can be a test's own doing. */
  readonly whileBooting?: true
}

const rootAdvice =
  'Look at the lines above it: a missing root file system, init or driver is the usual cause.'

export const failureSigns: readonly FailureSign[] = [
  {
    class: 'kernel-panic',
    pattern: /Kernel panic - not syncing/,
    message: 'the kernel panicked',
    advice: rootAdvice,
    source: 'Linux kernel/panic.c',
    example: '[    2.345678] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
  },
  {
    class: 'kernel-panic',
    pattern:
      /\] (?:BUG: unable to handle|BUG: kernel NULL pointer|kernel BUG at |Oops: |general protection fault[,:])/,
    message: 'the kernel oopsed',
    advice:
      'The trace in the console log names the function; a module built for another kernel is a usual cause.',
    source: 'Linux arch/x86/mm/fault.c, arch/x86/kernel/traps.c, lib/bug.c',
    example: '[   12.345678] BUG: kernel NULL pointer dereference, address: 0000000000000000',
  },
  {
    class: 'emergency-mode',
    pattern: /You are in (?:emergency|rescue) mode|Cannot open access to console, the root account is locked/,
    message: 'systemd gave up and entered emergency mode',
    advice: 'A mount of /etc/fstab that failed is the usual cause; the console log names the unit.',
    source: 'systemd units/emergency.service.in, util-linux sulogin',
    example: 'You are in emergency mode. After logging in, type "journalctl -xb" to view',
  },
  {
    class: 'emergency-mode',
    pattern:
      /^\(initramfs\)|ALERT! .+ does not exist\. +Dropping to a shell|Entering emergency mode\. Exit the shell/,
    message: 'the initrd did not find the root file system and opened a shell',
    advice: 'Compare root= on the kernel command line with the partitions of the image.',
    source: 'initramfs-tools scripts/local, dracut',
    example: 'ALERT!  PARTLABEL=A_root does not exist.  Dropping to a shell!',
  },
  {
    class: 'bootloader',
    pattern: /BdsDxe: No bootable option or device was found|No bootable device\.|UEFI Interactive Shell v/,
    message: 'the firmware found nothing to boot',
    advice: 'The image needs an EFI system partition with EFI/BOOT/BOOTX64.EFI, or firmware: bios.',
    source: 'edk2 BdsDxe and ShellPkg, SeaBIOS src/boot.c',
    example: 'BdsDxe: No bootable option or device was found.',
  },
  {
    class: 'bootloader',
    pattern: /^(?:grub rescue>|error: (?:no such (?:partition|device)|unknown filesystem))/,
    message: 'the boot loader found no system to start',
    advice: 'Compare the boot entries of the image with its partitions.',
    source: 'GRUB grub-core/kern',
    example: 'error: no such partition.',
  },
  {
    class: 'guest-oom',
    pattern: /\] Out of memory: Killed process/,
    message: 'the guest ran out of memory while booting',
    advice: 'Give it more with the input memory.',
    source: 'Linux mm/oom_kill.c',
    example: '[   33.123456] Out of memory: Killed process 412 (replica) total-vm:4096kB',
    whileBooting: true,
  },
  {
    class: 'image-corrupt',
    pattern: /\] (?:EXT4-fs error|EXT4-fs \(\S+\): (?:no journal found|bad geometry)|I\/O error, dev vd)/,
    message: 'the guest could not read its disk',
    advice: 'Build the image again; if it persists, look at the disk of the host.',
    source: 'Linux fs/ext4/super.c, block/blk-core.c',
    example:
      '[    4.567890] EXT4-fs error (device vda2): ext4_lookup:1855: inode #2: comm systemd: bad extra_isize',
    whileBooting: true,
  },
]

/** The sign of failure in a console line, if it holds one. */
export function failureIn(line: string, booting: boolean): FailureSign | undefined {
  return failureSigns.find((sign) => (booting || sign.whileBooting !== true) && sign.pattern.test(line))
}

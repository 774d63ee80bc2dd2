import type { FailureSign } from './failures.js'

/**
 * Console lines that prove nothing, as a guest gets over them, on a loaded host above all. When it was not ready in
 * time they tell why.
 */
export const hints: readonly FailureSign[] = [
  {
    class: 'boot-timeout',
    pattern: /\] watchdog: BUG: soft lockup - |\] (?:NMI watchdog|watchdog): Watchdog detected hard LOCKUP/,
    message: 'a CPU of the guest was stuck',
    advice:
      'The trace in the console log names the function. On a host with too little time for its VMs, run fewer.',
    source: 'Linux kernel/watchdog.c',
    example: '[   40.123456] watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [swapper/0:1]',
  },
  {
    class: 'boot-timeout',
    pattern: /\] rcu: INFO: rcu_\w+ (?:self-)?detected (?:expedited )?stalls? on CPU/,
    message: 'a CPU of the guest was stalled',
    advice:
      'The trace in the console log names the function. On a host with too little time for its VMs, run fewer.',
    source: 'Linux kernel/rcu/tree_stall.h',
    example: '[   60.123456] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:',
  },
  {
    class: 'boot-timeout',
    pattern: /\] INFO: task \S+ blocked for more than \d+ seconds/,
    message: 'a task of the guest hung in the kernel',
    advice:
      'The trace in the console log names what it waits for; a disk of the host that is too slow is a usual cause.',
    source: 'Linux kernel/hung_task.c',
    example: '[  242.123456] INFO: task systemd:1 blocked for more than 120 seconds.',
  },
  {
    class: 'boot-timeout',
    pattern: /Timed out waiting for device |A start job is running for \/dev\//,
    message: 'systemd waited for a device that did not come',
    advice: 'Compare /etc/fstab and the units that the console log names with the partitions of the image.',
    source: 'systemd src/core/job.c',
    example: '[ TIME ] Timed out waiting for device /dev/disk/by-partlabel/store.',
  },
  {
    class: 'unit-failed',
    pattern: /Failed to start (?:ssh|sshd|dropbear)\b|Failed to start OpenBSD Secure Shell server/,
    message: 'the SSH server of the guest could not be started',
    advice:
      'Look at what it says in the console log; a host key or a configuration that it refuses is a usual cause.',
    source: 'systemd src/core/job.c',
    example: '[FAILED] Failed to start ssh.service - OpenBSD Secure Shell server.',
  },
  {
    class: 'bootloader',
    pattern: /BdsDxe: failed to (?:load|start) Boot[0-9A-F]{4}/,
    message: 'the firmware could not start a boot entry',
    advice: 'The image needs an EFI system partition with EFI/BOOT/BOOTX64.EFI, or firmware: bios.',
    source: 'edk2 MdeModulePkg/Universal/BdsDxe',
    example: 'BdsDxe: failed to load Boot0001 "UEFI Misc Device" from PciRoot(0x0)/Pci(0x2,0x0): Not Found',
  },
  {
    class: 'bootloader',
    pattern: /EFI stub: ERROR: /,
    message: 'the kernel could not be started by the firmware',
    advice: 'The lines after it in the console log say what was missing.',
    source: 'Linux drivers/firmware/efi/libstub',
    example: 'EFI stub: ERROR: Failed to load initrd: 0x800000000000000e',
  },
  {
    class: 'image-corrupt',
    pattern: /\] Initramfs unpacking failed: /,
    message: 'the kernel could not unpack its initrd',
    advice: 'Build the image again, or give the guest more memory.',
    source: 'Linux init/initramfs.c',
    example: '[    1.234567] Initramfs unpacking failed: write error',
  },
  {
    class: 'image-corrupt',
    pattern: /attempt to access beyond end of device/,
    message: 'a partition of the guest is longer than its disk',
    advice: 'The image was cut short; build or download it again.',
    source: 'Linux block/blk-core.c',
    example: '[    4.567890] mount: attempt to access beyond end of device',
  },
]

/** The hint in a console line, if it holds one. */
export function hintIn(line: string): FailureSign | undefined {
  return hints.find(({ pattern }) => pattern.test(line))
}

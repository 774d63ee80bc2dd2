/** The two tables that read a console: stages and failures. */
import { describe, expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { failureIn, failureSigns } from '../../../src/vm/failures.js'
import { hintIn, hints } from '../../../src/vm/hints.js'
import { type Stage, stageOf, stages, stageSigns } from '../../../src/vm/stages.js'

/** The console of a Debian bookworm guest from the firmware to its power-off, as ConsoleLog hands out its lines. */
const cleanBoot = readFileSync(path.join(import.meta.dirname, '../../fixtures/console/bookworm.log'), 'utf8')
  .trimEnd()
  .split('\n')

describe.each(failureSigns)('$class by $source', (sign) => {
  test('its example shows it and no other class', () => {
    expect(sign.pattern.test(sign.example)).toBe(true)
    const matching = failureSigns.filter(({ pattern }) => pattern.test(sign.example))
    expect(new Set(matching.map((match) => match.class))).toEqual(new Set([sign.class]))
    expect(stageOf(sign.example)).toBeUndefined()
  })

  test('is seen while booting, and later unless it can be a test’s own doing', () => {
    expect(failureIn(sign.example, true)?.class).toBe(sign.class)
    expect(failureIn(sign.example, false)?.class).toBe(sign.when === 'booting' ? undefined : sign.class)
  })
})

describe.each(hints)('the hint $message', (sign) => {
  test('its example is a hint, and no failure yet', () => {
    expect(hintIn(sign.example)).toBe(sign)
    expect(failureIn(sign.example, true)).toBeUndefined()
    expect(stageOf(sign.example)).toBeUndefined()
  })
})

describe.each(stageSigns)('$stage by $source', (sign) => {
  test('its example shows it and no other stage, and no failure', () => {
    expect(stageOf(sign.example)).toBe(sign.stage)
    const matching = stageSigns.filter(({ pattern }) => pattern.test(sign.example))
    expect(new Set(matching.map(({ stage }) => stage))).toEqual(new Set([sign.stage]))
    expect(failureIn(sign.example, true)).toBeUndefined()
  })
})

test.each([
  ['[    9.1] kernel BUG at fs/ext4/inode.c:1234!', 'kernel-panic'],
  ['[    9.1] BUG: unable to handle page fault for address: ffffc90000000000', 'kernel-panic'],
  ['[    9.1][  T412] Oops: 0002 [#1] PREEMPT SMP PTI', 'kernel-panic'],
  [
    '[    9.1] general protection fault, probably for non-canonical address 0xdead: 0000 [#1]',
    'kernel-panic',
  ],
  ['(initramfs) ', 'emergency-mode'],
  ['[    9.1] divide error: 0000 [#2] SMP NOPTI', 'kernel-panic'],
  [
    '[    9.1][  T412] Oops: general protection fault, probably for address 0x1: 0000 [#1] SMP',
    'kernel-panic',
  ],
  ['[    9.1] Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled', 'guest-oom'],
  ['Give root password for maintenance', 'emergency-mode'],
  ['[!!!!!!] Failed to start up manager, freezing.', 'emergency-mode'],
  ['No init found. Try passing init= bootarg.', 'emergency-mode'],
  ['error: ../../grub-core/kern/fs.c:121:unknown filesystem.', 'bootloader'],
  ['error: you need to load the kernel first.', 'bootloader'],
  ['Error preparing initrd: Not Found', 'bootloader'],
  ['[    9.1] blk_update_request: I/O error, dev vda, sector 2048 op 0x0:(READ)', 'image-corrupt'],
  ['[    9.1] reboot: System halted', undefined],
  ['[    9.1] GPT:Primary header thinks Alt. header is not at the end of the disk.', undefined],
  ['[    9.1] WARNING: CPU: 0 PID: 1 at kernel/smp.c:100 foo+0x1/0x2', undefined],
  ['[    9.1] Memory cgroup out of memory: Killed process 412 (stress)', undefined],
  ['[    9.1] BTRFS info (device vda3): using free space tree', undefined],
  ['[    9.1] ACPI: bus type PCI registered: 0000 [bus 00-ff]', undefined],
  ['[    9.1] pci 0000:00:1f.3: [8086:2930] type 00 class 0x0c0500', undefined],
  ['[  OK  ] Reached target emergency.target - Emergency Mode.', undefined],
  ['error: no suitable video mode found.', undefined],
  ['grub rescue> ', 'bootloader'],
  ['[    9.1] traps: replica[412] general protection fault ip:55d0 sp:7ffd error:0 in replica', undefined],
  ['[    9.1] Run /init as init process', undefined],
  ['[    9.1] Kernel command line: panic=5 oops=panic', undefined],
  ['replica: Kernel panicked metrics: 0', undefined],
  ['A start job is running for emergency tests', undefined],
])('%s', (line, expected) => {
  expect(failureIn(line, true)?.class).toBe(expected)
})

test('a clean boot shows no failure, and every stage in order', () => {
  expect(cleanBoot.length).toBeGreaterThan(500)
  expect(cleanBoot.filter((line) => failureIn(line, true) ?? hintIn(line))).toEqual([])
  const seen = [...new Set(cleanBoot.map(stageOf).filter((stage): stage is Stage => stage !== undefined))]
  expect(seen).toEqual(stages.filter((stage) => !['firmware', 'sshd', 'ready'].includes(stage)))
})

import { expect, test } from '@jest/globals'
import { hints } from '../../../src/vm/hints.js'
import { kindOf } from '../../../src/vm/supervisor/readiness.js'
import {
  bootDeadlineFailure,
  bootLoop,
  brokenHostKey,
  complaintFailure,
  eventFailure,
  hostFailure,
  sandboxRefused,
  vsockCidTaken,
} from '../../../src/vm/supervisor/verdict.js'

test.each([
  [
    "qemu-system-x86_64: -netdev user,id=net: Could not set up host forwarding rule 'tcp:127.0.0.1:22-:22'",
    'port',
  ],
  ['qemu-system-x86_64: overlay.qcow2: No space left on device', 'disk-full'],
  ["qemu-system-x86_64: cannot set up guest memory 'pc.ram': Cannot allocate memory", 'qemu-exit'],
  ["qemu: could not load PC BIOS '/x/OVMF.fd'", 'firmware'],
  ['setpriv: failed to execute qemu-system-x86_64: No such file or directory', 'missing-tool'],
  ['Could not access KVM kernel module: Permission denied', 'acceleration'],
  ['qemu-system-x86_64: ../target/i386/kvm/kvm.c:3100: kvm_buf_set_msrs: Assertion failed', 'acceleration'],
  ['KVM internal error. Suberror: 1', 'acceleration'],
  ['qemu-system-x86_64: -drive file=/ci/kvm-hosts/overlay.qcow2: Could not open', 'qemu-exit'],
  ['', 'qemu-exit'],
])('QEMU’s last words %j', (complaint, expected) => {
  const failure = complaintFailure(complaint, 'exit status 1')
  expect(failure.class).toBe(expected)
  expect(failure.message).toContain('exit status 1')
})

test('knows the words for a CID that is taken', () => {
  expect(vsockCidTaken.test('vhost-vsock: unable to set guest cid: Address already in use')).toBe(true)
  expect(vsockCidTaken.test('vhost-vsock: failed to open vhost device: Permission denied')).toBe(false)
})

test('knows the words for a sandbox that is not to be had', () => {
  expect(
    sandboxRefused.test(
      'qemu-system-x86_64: -sandbox on: -sandbox support is not enabled in this QEMU binary',
    ),
  ).toBe(true)
  expect(
    sandboxRefused.test('qemu-system-x86_64: failed to install seccomp syscall filter in the kernel'),
  ).toBe(true)
  expect(sandboxRefused.test('qemu-system-x86_64: -nonsense: invalid option')).toBe(false)
})

test.each([
  ['firmware', undefined, 'boot-timeout'],
  ['kernel', undefined, 'boot-timeout'],
  ['systemd', undefined, 'ssh-timeout'],
  ['sshd', { kind: 'other', stderr: 'Connection reset' }, 'ssh-timeout'],
  ['sshd', { kind: 'auth', stderr: 'Permission denied (publickey).' }, 'ssh-auth'],
] as const)('not ready in stage %s after %j', (stage, attempt, expected) => {
  const failure = bootDeadlineFailure(90_000, stage, attempt)
  expect(failure.class).toBe(expected)
  expect(failure.message).toContain('90.0 s')
  expect(failure.advice).toBeDefined()
})

test('a hint tells why a guest was not ready in time, but for a key that it refused', () => {
  const [stuck] = hints
  const hint = stuck && { ...stuck, line: stuck.example }
  expect(bootDeadlineFailure(90_000, 'kernel', undefined, hint)).toMatchObject({
    class: 'boot-timeout',
    message: 'the guest was not ready within 90.0 s: a CPU of the guest was stuck',
    evidence: [stuck?.example],
  })
  const refused = { kind: 'auth', stderr: 'Permission denied' } as const
  expect(bootDeadlineFailure(90_000, 'sshd', refused, hint).class).toBe('ssh-auth')
})

test.each([
  [{ event: 'GUEST_PANICKED', data: { action: 'run' } }, 'kernel-panic'],
  [{ event: 'SHUTDOWN', data: { guest: true, reason: 'guest-shutdown' } }, 'qemu-exit'],
  [{ event: 'SHUTDOWN', data: { guest: false, reason: 'host-qmp-quit' } }, undefined],
  [{ event: 'BLOCK_IO_ERROR', data: { nospace: true, reason: 'No space left on device' } }, 'disk-full'],
  [{ event: 'BLOCK_IO_ERROR', data: { nospace: false, reason: 'Input/output error' } }, 'image-corrupt'],
  [{ event: 'BLOCK_IMAGE_CORRUPTED', data: { msg: 'Preventing invalid write' } }, 'image-corrupt'],
  [{ event: 'RTC_CHANGE', data: { offset: 1 } }, undefined],
])('the event %j', (event, expected) => {
  expect(eventFailure(event, '/state')?.class).toBe(expected)
})

test('trouble of the supervisor’s own', () => {
  expect(hostFailure(Object.assign(new Error('write'), { code: 'ENOSPC' })).class).toBe('disk-full')
  expect(hostFailure(new Error('odd'))).toMatchObject({
    class: 'qemu-exit',
    message: expect.stringContaining('odd'),
  })
  expect(hostFailure(bootLoop(5)).class).toBe('boot-loop')
})

test.each([
  ['No ED25519 host key is known for guest and you have requested strict checking.', 'host-key'],
  ['Host key verification failed.', 'host-key'],
  ['@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @', 'host-key'],
  ['root@127.0.0.1: Permission denied (publickey).', 'auth'],
  ['Received disconnect: Too many authentication failures', 'auth'],
  ['kex_exchange_identification: Connection closed by remote host', 'other'],
  ['"System is booting up. Unprivileged users are not permitted to log in yet."', 'other'],
])('ssh’s words %j', (stderr, expected) => {
  expect(kindOf({ stderr })).toBe(expected)
})

test('a broken host key shows ssh’s words', () => {
  expect(brokenHostKey('a\nb\n')).toMatchObject({ class: 'host-key', evidence: ['a', 'b'] })
})

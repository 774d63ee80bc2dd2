import { Failure } from '../../runtime/errors.js'
import { formatDuration } from '../../runtime/units.js'
import type { QmpEvent } from '../qmp.js'
import type { Stage } from '../stages.js'
import type { Hint } from './judge.js'
import type { Attempt } from './readiness.js'

/** What QEMU's own last words mean. Source of the phrases: QEMU net/slirp.c, hw/virtio/vhost-vsock.c, block/. */
const complaints: readonly { pattern: RegExp; class: Failure['class']; message: string; advice?: string }[] =
  [
    {
      pattern: /Could not set up host forwarding rule/,
      class: 'port',
      message: 'a host port that the VM is to have is taken',
      advice: 'Leave ssh-port at auto, and pick other host ports in forward.',
    },
    {
      pattern: /No space left on device/,
      class: 'disk-full',
      message: 'the host has no space left for the VM',
    },
    {
      pattern: /cannot set up guest memory|Cannot allocate memory/,
      class: 'qemu-exit',
      message: 'the host has too little memory for the VM',
      advice: 'Lower the input memory, or run fewer VMs at once.',
    },
    {
      pattern: /(?:could not load|failed to load).*(?:firmware|bios|rom)/i,
      class: 'firmware',
      message: 'QEMU could not load the firmware',
    },
    {
      pattern: /setpriv: .*No such file/,
      class: 'missing-tool',
      message: 'qemu-system-x86_64 is not installed on this machine',
      advice: 'On Debian or Ubuntu: sudo apt-get install qemu-system-x86',
    },
    {
      pattern: /\bKVM\b|\bkvm[_:]|kvm\.c/,
      class: 'acceleration',
      message: 'QEMU could not run the guest under KVM',
    },
  ]

/** QEMU's words for a CID that another VM of this host has. Source: QEMU hw/virtio/vhost-vsock.c, EADDRINUSE. */
export const vsockCidTaken = /vhost-vsock: unable to set guest cid: Address already in use/

/** QEMU's words for a sandbox that it was built without, or that the kernel refuses. Source: QEMU softmmu/vl.c, qemu-seccomp.c. */
export const sandboxRefused = /-sandbox support is not enabled|failed to install seccomp/

/** Why QEMU ended though nobody asked it to. */
export function complaintFailure(complaint: string, how: string): Failure {
  const known = complaints.find(({ pattern }) => pattern.test(complaint))
  const last = complaint.split('\n').at(-1) ?? ''
  return new Failure({
    class: known?.class ?? 'qemu-exit',
    message: `${known?.message ?? 'QEMU ended, and the VM with it'} (${[how, last].filter(Boolean).join(': ')})`,
    ...(known?.advice !== undefined && { advice: known.advice }),
    evidence: complaint === '' ? [] : complaint.split('\n'),
  })
}

/** What it means that a guest was not ready in time, by how far it came. */
export function bootDeadlineFailure(
  timeout: number,
  stage: Stage,
  attempt: { readonly kind: Attempt; readonly stderr: string } | undefined,
  hint?: Hint,
): Failure {
  const limit = formatDuration(timeout)
  if (attempt?.kind === 'auth') {
    return new Failure({
      class: 'ssh-auth',
      message: `the guest refused the SSH key for ${limit}: ${attempt.stderr.trim()}`,
      advice:
        'The key reaches the guest as the systemd credential ssh.authorized_keys.<user>; an image that does not take it needs ssh-key.',
    })
  }
  if (hint) {
    return new Failure({
      class: hint.class,
      message: `the guest was not ready within ${limit}: ${hint.message}`,
      advice: hint.advice,
      evidence: [hint.line],
    })
  }
  if (stage === 'sshd' || stage === 'systemd') {
    return new Failure({
      class: 'ssh-timeout',
      message:
        stage === 'sshd'
          ? `sshd answered but no command ran within ${limit}: ${attempt?.stderr.trim() ?? ''}`
          : `the guest started its services but sshd did not answer within ${limit}`,
      advice: 'See in the console log whether ssh.service and the network came up.',
    })
  }
  return new Failure({
    class: 'boot-timeout',
    message: `the guest was not ready within ${limit}`,
    advice:
      'If it only needs longer, raise the input timeout; an emulated guest (tcg) takes about ten times as long.',
  })
}

/** What QEMU's own word about the guest or its disk means. Source: QEMU qapi/run-state.json, qapi/block-core.json. */
export function eventFailure({ event, data }: QmpEvent, folder: string): Failure | undefined {
  switch (event) {
    case 'GUEST_PANICKED':
      return new Failure({ class: 'kernel-panic', message: 'the kernel panicked (pvpanic)' })
    case 'SHUTDOWN':
      if (data?.guest !== true) return undefined
      return new Failure({ class: 'qemu-exit', message: 'the guest switched itself off' })
    case 'BLOCK_IO_ERROR':
      if (data?.nospace === true) return diskFull(folder)
      return new Failure({ class: 'image-corrupt', message: `QEMU: ${String(data?.reason)}` })
    case 'BLOCK_IMAGE_CORRUPTED':
      return new Failure({ class: 'image-corrupt', message: `QEMU: ${String(data?.msg)}` })
    default:
      return undefined
  }
}

/** What it means that the supervisor itself could not go on. */
export function hostFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return diskFull('the VM')
  return new Failure({ class: 'qemu-exit', message: `the VM could not be watched: ${String(error)}` })
}

function diskFull(where: string): Failure {
  return new Failure({
    class: 'disk-full',
    message: 'the host has no space left for the VM',
    advice: `Free space where ${where} lies.`,
  })
}

export function bootLoop(resets: number): Failure {
  return new Failure({
    class: 'boot-loop',
    message: `the guest restarted ${resets} times without becoming ready`,
    advice: 'The lines before the last restart, in the console log, say why.',
  })
}

export function brokenHostKey(stderr: string): Failure {
  return new Failure({
    class: 'host-key',
    message: 'the guest has another host key than the one it was given',
    advice:
      'The key reaches the guest as the systemd credential ssh.hostkey.ed25519; an image that does not take it needs host-key: first-use.',
    evidence: stderr.trim().split('\n'),
  })
}

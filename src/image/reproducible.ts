/**
 * The time that everything in an image bears, in seconds since 1970: 2025-01-01. Two builds of the same inputs are to
 * give the same bytes, so no clock may get in. Source: https://reproducible-builds.org/specs/source-date-epoch/
 */
export const epoch = 1_735_689_600

/** For every tool that writes into an image. */
export const environment = {
  SOURCE_DATE_EPOCH: String(epoch),
  // e2fsprogs reads no SOURCE_DATE_EPOCH before 1.47.1.
  E2FSPROGS_FAKE_TIME: String(epoch),
  LC_ALL: 'C.UTF-8',
  TZ: 'UTC',
} as const

/** Runs a command that must see the owners of a guest's files: as root as it is, for others under fakeroot. */
export function asOwner(command: readonly string[], state: string, isRoot: boolean): string[] {
  return isRoot ? [...command] : ['fakeroot', '-s', state, '-i', state, '--', ...command]
}

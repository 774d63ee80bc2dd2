import { constants, copyFileSync, linkSync, renameSync, rmSync } from 'node:fs'

/** Gives a read-only file another name: no copy on one file system, a copy (copy-on-write where it can be) between two. */
export function share(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    // Another file system, another user's file (fs.protected_hardlinks), or more names than a file may have.
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes(code)) throw error
    copyFileSync(from, to, constants.COPYFILE_FICLONE)
  }
}

/** As `share`, in place of what is there; a reader finds the old or the new, never half of it. */
export function shareOver(from: string, to: string): void {
  const part = `${to}.${process.pid}.part`
  rmSync(part, { force: true })
  share(from, part)
  renameSync(part, to)
  // A rename between two names of one file does nothing.
  rmSync(part, { force: true })
}

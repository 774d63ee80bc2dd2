import { tmpdir } from 'node:os'

/** The folder for what is to last as long as the job: the runner's, or this machine's where there is no runner. */
export function tempFolder(): string {
  const { RUNNER_TEMP: folder = '' } = process.env
  return folder === '' ? tmpdir() : folder
}

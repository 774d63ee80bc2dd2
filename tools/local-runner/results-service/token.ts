import { randomBytes } from 'node:crypto'

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/**
 * A runtime token as a job gets it. The clients read the two ids out of `scp` and leave the signature alone;
 * the service knows a token again by its random last part.
 * Source: @actions/artifact src/internal/shared/util.ts (getBackendIdsFromToken)
 */
export function runtimeToken(run: string, job: string): string {
  const header = encode({ alg: 'HS256', typ: 'JWT' })
  return `${header}.${encode({ scp: `Actions.Results:${run}:${job}` })}.${randomBytes(32).toString('base64url')}`
}

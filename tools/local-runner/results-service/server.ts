import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { json } from 'node:stream/consumers'
import { artifactStore, type Artifact } from './artifacts.js'
import type { BlobStore } from './blobs.js'
import { cacheStore, type CacheEntry } from './cache.js'
import { fileBlobs } from './file-blobs.js'
import { methods, type Caller } from './methods.js'
import { runtimeToken } from './token.js'

export interface ResultsServiceOptions {
  /** Where cache entries persist from run to run. */
  readonly cache: string
  /** Where the artifacts of this run go, one file each. */
  readonly artifacts: string
  /** In place of files in those folders; the records stay there. */
  readonly blobs?: BlobStore
  /** May answer or delay a request before the service does, to inject a fault; true when it has answered. */
  readonly fault?: (request: IncomingMessage, response: ServerResponse) => Promise<boolean>
}

export interface ResultsService {
  /** The origin, for ACTIONS_RESULTS_URL. */
  readonly url: string
  /** A token for one job, for ACTIONS_RUNTIME_TOKEN. */
  token(caller: Caller): string
  artifacts(): Artifact[]
  cacheEntries(): Promise<CacheEntry[]>
  close(): Promise<void>
}

/** Starts the cache (v2) and artifact (v4) services on a free port of 127.0.0.1. */
export async function startResultsService(options: ResultsServiceOptions): Promise<ResultsService> {
  const callers = new Map<string, Caller>()
  let url = ''
  const folders = { cache: path.join(options.cache, 'blobs'), artifacts: options.artifacts }
  const files = fileBlobs(folders, () => url)
  const blobs = options.blobs ?? files
  const cache = cacheStore(path.join(options.cache, 'entries'), blobs)
  const artifacts = artifactStore(blobs)
  const twirp = methods(cache, artifacts)

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (await options.fault?.(request, response)) return
    const target = new URL(request.url ?? '/', url)
    if (await files.handle(request, response, target)) return
    const method = twirp[target.pathname.replace(/^\/twirp\//, '')]
    const caller = callers.get((request.headers.authorization ?? '').replace(/^Bearer /, ''))
    if (!method || request.method !== 'POST')
      answer(response, 404, { code: 'bad_route', msg: target.pathname })
    else if (!caller)
      answer(response, 401, { code: 'unauthenticated', msg: 'not the token of a running job' })
    else answer(response, 200, await method((await json(request)) as Record<string, unknown>, caller))
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else answer(response, 500, { code: 'internal', msg: String(error) })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url,
    token(caller) {
      const token = runtimeToken(caller.run, caller.job)
      callers.set(token, caller)
      return token
    },
    artifacts: () => artifacts.list({}),
    cacheEntries: () => cache.entries(),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

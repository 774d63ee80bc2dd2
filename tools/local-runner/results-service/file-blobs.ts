import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { Attachment, BlobStore, Container } from './blobs.js'

/** Bytes read from a file at once: blobs are large, and the usual 64 KiB make a trip to the thread pool each. */
const highWaterMark = 2 ** 22

/** The account in the path of a blob's URL, where a storage emulator has it too. */
const account = 'local'

export interface FileBlobStore extends BlobStore {
  /** Answers a request for a blob; false when the path is not one of a blob. */
  handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean>
}

/**
 * Blobs as files, behind signed URLs that speak what the toolkit's libraries use of the block blob protocol:
 * Put Blob, Put Block, Put Block List, Get Blob with a range, Get Blob Properties. Of the cache, where blobs are large
 * and nobody opens them, a blob that came in blocks is the folder of these: it is not written twice.
 * Source: https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api
 * @param folders where the blobs of each container lie
 * @param origin of the URLs, such as `http://127.0.0.1:40123`
 */
export function fileBlobs(folders: Readonly<Record<Container, string>>, origin: () => string): FileBlobStore {
  const secret = randomBytes(32)
  const fileOf = (container: Container, name: string): string => path.join(folders[container], name)

  function signature(target: string, query: URLSearchParams): Buffer {
    const signed = ['sp', 'rsct', 'rscd'].map((name) => query.get(name) ?? '')
    return createHmac('sha256', secret)
      .update(JSON.stringify([target, ...signed]))
      .digest()
  }

  function signedUrl(container: Container, name: string, parameters: Record<string, string>): string {
    const url = new URL(`/${account}/${container}/${encodeURIComponent(name)}`, origin())
    for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value)
    url.searchParams.set('sig', signature(url.pathname, url.searchParams).toString('base64url'))
    return url.href
  }

  function allowed(method: string, url: URL): boolean {
    const given = Buffer.from(url.searchParams.get('sig') ?? '', 'base64url')
    const expected = signature(url.pathname, url.searchParams)
    const permission = method === 'PUT' ? 'w' : 'r'
    return (
      url.searchParams.get('sp') === permission &&
      given.length === expected.length &&
      timingSafeEqual(given, expected)
    )
  }

  return {
    uploadUrl: (container, name) => signedUrl(container, name, { sp: 'w' }),
    downloadUrl: (container, name, as) =>
      signedUrl(container, name, { sp: 'r', ...(as && headersAsked(as)) }),
    size: async (container, name) => sizeOf(await partsOf(fileOf(container, name))),
    remove: (container, name) => rm(fileOf(container, name), { recursive: true, force: true }),

    async handle(request, response, url) {
      const [, owner, container, name] = url.pathname.split('/').map(decodeURIComponent)
      if (owner !== account || !isContainer(container) || name === undefined) return false
      const method = request.method ?? ''
      if (!allowed(method, url)) {
        refuse(response, 403, 'AuthenticationFailed')
      } else if (method === 'PUT') {
        await put(request, response, url, fileOf(container, name), container === 'cache' ? keep : join)
      } else {
        await get(request, response, url, fileOf(container, name))
      }
      return true
    },
  }
}

const isContainer = (name: string | undefined): name is Container => name === 'cache' || name === 'artifacts'

const headersAsked = (as: Attachment): Record<string, string> => ({
  rsct: as.contentType,
  rscd: `attachment; filename="${as.fileName}"`,
})

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'x-ms-error-code': code, 'content-type': 'application/xml' })
  response.end(`<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code></Error>`)
}

async function put(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  file: string,
  combine: (blocks: readonly string[], to: string) => Promise<void>,
): Promise<void> {
  const operation = url.searchParams.get('comp')
  const blocks = `${file}.blocks`
  const blockFile = (id: string): string => path.join(blocks, Buffer.from(id).toString('hex'))
  if (operation === 'block') {
    await mkdir(blocks, { recursive: true })
    await pipeline(
      request,
      createWriteStream(blockFile(url.searchParams.get('blockid') ?? ''), { highWaterMark }),
    )
  } else if (operation === 'blocklist') {
    const ids = [...(await text(request)).matchAll(/<(?:Latest|Uncommitted)>([^<]*)</g)].map(
      ([, id = '']) => id,
    )
    await combine(ids.map(blockFile), `${blocks}.combined`)
    await rename(`${blocks}.combined`, file)
    await rm(blocks, { recursive: true, force: true })
  } else {
    await mkdir(path.dirname(file), { recursive: true })
    const partial = `${file}.${randomBytes(6).toString('hex')}`
    await pipeline(request, createWriteStream(partial))
    await rename(partial, file)
  }
  const now = new Date().toUTCString()
  response.writeHead(201, { etag: `"${randomBytes(8).toString('hex')}"`, 'last-modified': now, date: now })
  response.end()
}

/** Makes one file of blocks. */
async function join(blocks: readonly string[], to: string): Promise<void> {
  const parts = await Promise.all(blocks.map(partOf))
  await pipeline(read(parts, 0, Infinity), createWriteStream(to, { highWaterMark }))
}

/** Makes a folder of blocks, whose names are in their order. */
async function keep(blocks: readonly string[], to: string): Promise<void> {
  await mkdir(to)
  for (const [index, block] of blocks.entries()) {
    await rename(block, path.join(to, String(index).padStart(6, '0')))
  }
}

/** A file that a blob consists of. */
interface Part {
  readonly file: string
  readonly bytes: number
}

const partOf = async (file: string): Promise<Part> => ({ file, bytes: (await stat(file)).size })

/** What a blob consists of, in order; undefined when there is no such blob. */
async function partsOf(blob: string): Promise<Part[] | undefined> {
  const status = await stat(blob).catch(() => undefined)
  if (!status?.isDirectory()) return status && [{ file: blob, bytes: status.size }]
  const names = (await readdir(blob)).sort()
  return Promise.all(names.map((name) => partOf(path.join(blob, name))))
}

const sizeOf = (parts: readonly Part[] | undefined): number | undefined =>
  parts?.reduce((sum, { bytes }) => sum + bytes, 0)

/** The bytes from `first` to `last`, both included. */
async function* read(parts: readonly Part[], first: number, last: number): AsyncGenerator<Buffer> {
  let start = 0
  for (const { file, bytes } of parts) {
    const from = Math.max(first - start, 0)
    const to = Math.min(last - start, bytes - 1)
    if (from <= to) {
      yield* createReadStream(file, { start: from, end: to, highWaterMark }) as AsyncIterable<Buffer>
    }
    start += bytes
  }
}

async function get(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  file: string,
): Promise<void> {
  const parts = await partsOf(file)
  const size = sizeOf(parts)
  if (parts === undefined || size === undefined) {
    refuse(response, 404, 'BlobNotFound')
    return
  }
  const range = /^bytes=(\d+)-(\d*)$/.exec(
    String(request.headers['x-ms-range'] ?? request.headers.range ?? ''),
  )
  const first = Number(range?.[1] ?? 0)
  const last = Math.min(range?.[2] ? Number(range[2]) : Infinity, size - 1)
  if (range && first >= size) {
    refuse(response, 416, 'InvalidRange')
    return
  }
  response.writeHead(range ? 206 : 200, {
    'accept-ranges': 'bytes',
    'content-length': last - first + 1,
    'content-type': url.searchParams.get('rsct') ?? 'application/octet-stream',
    ...(url.searchParams.has('rscd') && { 'content-disposition': url.searchParams.get('rscd') ?? '' }),
    ...(range && { 'content-range': `bytes ${first}-${last}/${size}` }),
    'x-ms-blob-type': 'BlockBlob',
  })
  if (request.method === 'HEAD' || size === 0) response.end()
  else await pipeline(read(parts, first, last), response)
}

import type { ArtifactStore } from './artifacts.js'
import type { CacheStore } from './cache.js'

/** A request's fields: snake_case, numbers of 64 bits as strings. */
type Message = Readonly<Record<string, unknown>>
type Method = (request: Message, caller: Caller) => Promise<Message> | Message

/** The ids in the caller's token. */
export interface Caller {
  readonly run: string
  readonly job: string
}

const text = (request: Message, field: string): string => {
  const value = request[field]
  return typeof value === 'string' ? value : ''
}

const texts = (request: Message, field: string): string[] => {
  const value = request[field]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/**
 * The twirp methods of the cache and artifact services, by path below /twirp/.
 * Source: @actions/cache and @actions/artifact, src/generated/results/api/v1
 */
export function methods(cache: CacheStore, artifacts: ArtifactStore): Readonly<Record<string, Method>> {
  const cacheService = 'github.actions.results.api.v1.CacheService'
  const artifactService = 'github.actions.results.api.v1.ArtifactService'
  return {
    async [`${cacheService}/CreateCacheEntry`](request) {
      const created = await cache.create(text(request, 'key'), text(request, 'version'))
      if ('refused' in created) return { ok: false, message: created.refused }
      return { ok: true, signed_upload_url: created.url }
    },

    async [`${cacheService}/FinalizeCacheEntryUpload`](request) {
      const entry = await cache.finalize(text(request, 'key'), text(request, 'version'))
      return 'refused' in entry ? { ok: false, message: entry.refused } : { ok: true, entry_id: '1' }
    },

    async [`${cacheService}/GetCacheEntryDownloadURL`](request) {
      const version = text(request, 'version')
      const entry = await cache.find(text(request, 'key'), texts(request, 'restore_keys'), version)
      if (!entry) return { ok: false }
      return { ok: true, signed_download_url: cache.url(entry), matched_key: entry.key }
    },

    [`${artifactService}/CreateArtifact`](request, { job }) {
      const contentType = text(request, 'mime_type') || 'application/zip'
      const url = artifacts.create(text(request, 'name'), contentType, job)
      return url === undefined ? { ok: false } : { ok: true, signed_upload_url: url }
    },

    async [`${artifactService}/FinalizeArtifact`](request) {
      const artifact = await artifacts.finalize(text(request, 'name'), text(request, 'hash'))
      return artifact ? { ok: true, artifact_id: String(artifact.id) } : { ok: false }
    },

    [`${artifactService}/ListArtifacts`](request, { run }) {
      const name = text(request, 'name_filter')
      const id = text(request, 'id_filter')
      const found = artifacts.list({ ...(name !== '' && { name }), ...(id !== '' && { id: Number(id) }) })
      return {
        artifacts: found.map((artifact) => ({
          workflow_run_backend_id: run,
          workflow_job_run_backend_id: artifact.job,
          database_id: String(artifact.id),
          name: artifact.name,
          size: String(artifact.size),
          created_at: artifact.createdAt,
          digest: artifact.digest,
        })),
      }
    },

    [`${artifactService}/GetSignedArtifactURL`](request) {
      const [artifact] = artifacts.list({ name: text(request, 'name') })
      return { signed_url: artifact ? artifacts.url(artifact) : '' }
    },

    async [`${artifactService}/DeleteArtifact`](request) {
      const artifact = await artifacts.remove(text(request, 'name'))
      return artifact ? { ok: true, artifact_id: String(artifact.id) } : { ok: false }
    },
  }
}

import type { BlobStore } from './blobs.js'

/** An artifact of the run as it was finalised. */
export interface Artifact {
  readonly id: number
  readonly name: string
  /** Bytes of the archive. */
  readonly size: number
  /** `sha256:` and hexadecimal digits, as the uploader computed it. */
  readonly digest: string
  /** Name of its file among the run's artifacts. */
  readonly file: string
  readonly contentType: string
  /** The job that made it. */
  readonly job: string
  readonly createdAt: string
}

export interface ArtifactStore {
  /** The URL to upload to; undefined when the name is taken or cannot be a file name. */
  create(name: string, contentType: string, job: string): string | undefined
  finalize(name: string, digest: string): Promise<Artifact | undefined>
  list(filter: { readonly name?: string; readonly id?: number }): Artifact[]
  url(artifact: Artifact): string
  remove(name: string): Promise<Artifact | undefined>
}

export function artifactStore(blobs: BlobStore): ArtifactStore {
  const uploads = new Map<string, Omit<Artifact, 'size' | 'digest' | 'createdAt'>>()
  const artifacts = new Map<string, Artifact>()
  let lastId = 0
  return {
    create(name, contentType, job) {
      if (artifacts.has(name) || !/^[^\\/:"<>|*?\r\n\0]{1,200}$/.test(name) || name.startsWith('.'))
        return undefined
      const file = contentType === 'application/zip' ? `${name}.zip` : name
      lastId += 1
      uploads.set(name, { id: lastId, name, file, contentType, job })
      return blobs.uploadUrl('artifacts', file)
    },

    async finalize(name, digest) {
      const upload = uploads.get(name)
      if (!upload) return undefined
      const size = await blobs.size('artifacts', upload.file)
      if (size === undefined) return undefined
      uploads.delete(name)
      const artifact = { ...upload, size, digest, createdAt: new Date().toISOString() }
      artifacts.set(name, artifact)
      return artifact
    },

    list: ({ name, id }) =>
      [...artifacts.values()].filter(
        (artifact) =>
          (name === undefined || artifact.name === name) && (id === undefined || artifact.id === id),
      ),

    url: ({ file, contentType }) => blobs.downloadUrl('artifacts', file, { contentType, fileName: file }),

    async remove(name) {
      const artifact = artifacts.get(name)
      artifacts.delete(name)
      if (artifact) await blobs.remove('artifacts', artifact.file)
      return artifact
    },
  }
}

/** Where the bytes of cache entries and artifacts lie. Names are safe as file names. */
export interface BlobStore {
  /** A signed URL that takes an upload as Azure block blobs do. */
  uploadUrl(container: Container, name: string): string
  /** A signed URL that gives the blob, under the content type and file name of an attachment. */
  downloadUrl(container: Container, name: string, as?: Attachment): string
  /** Bytes; undefined when there is no such blob, or its upload has not been completed. */
  size(container: Container, name: string): Promise<number | undefined>
  remove(container: Container, name: string): Promise<void>
}

export type Container = 'cache' | 'artifacts'

export interface Attachment {
  readonly contentType: string
  readonly fileName: string
}

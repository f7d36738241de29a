/**
 * Where files lie. Begin, write at an offset, flush, commit, abort, read a range, delete: enough for one long body, for
 * resumable uploads that come back after days, for block blobs and for multipart objects.
 */
import type { Readable } from 'node:stream'

/** The name of a file in the store, made by us and never from anything a client sent: a UUID in lower case. */
export type BlobName = string

/** `full`: there is no room left; what was written before is as it was, and only `abort` and `close` make sense now. */
export type Written = 'written' | 'full'

/** A file that is being written and cannot be read yet. One writer at a time; the caller sees to that. */
export interface Draft {
  readonly blob: BlobName
  /** Bytes that were there when it was opened. */
  readonly size: number
  /** Writes all of `chunks` at `offset` (bytes from the start). Throws when storage fails. */
  write(offset: number, chunks: readonly Uint8Array[]): Promise<Written>
  /** Makes what was written durable: after this a resumable upload may be told that its bytes are safe. */
  flush(): Promise<Written>
  /** Makes the file durable, whole and readable, at once. Nothing may be written after it. */
  commit(): Promise<Written>
  /** Forgets the file. */
  abort(): Promise<void>
  /** Leaves the draft as it is, to be opened again. */
  close(): Promise<void>
}

/** An open file: it can be read to its end even when it is deleted meanwhile. */
export interface Reading {
  readonly size: number
  /** Bytes `first` to `last`, both included; once only. Closes the file at the end. For an empty file: 0 to -1. */
  read(first: number, last: number): Readable
  /** For a file that was opened but will not be read. */
  close(): Promise<void>
}

export interface StoredBlob {
  readonly blob: BlobName
  readonly kind: 'draft' | 'file'
}

export interface Store {
  /** Starts a new draft. Throws when there is one of that name. */
  begin(blob: BlobName): Promise<Draft>
  /** Opens a draft again; `undefined` when there is none. */
  resume(blob: BlobName): Promise<Draft | undefined>
  /** `undefined` when there is no committed file of that name. */
  open(blob: BlobName): Promise<Reading | undefined>
  /** Deletes draft and file; that they are not there is fine. */
  delete(blob: BlobName): Promise<void>
  /** Bytes that can still be written; `undefined` when the store cannot know. */
  free(): Promise<number | undefined>
  /** Everything that lies in the store under a name of ours. */
  list(): AsyncIterable<StoredBlob>
}

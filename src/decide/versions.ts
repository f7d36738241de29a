/**
 * The version of an entity of the registry is the epoch of the last change that touched it. This is the node's view of
 * them: loaded once from the feed's table, kept up by every change that the node applies. It is what lets a cached
 * decision be found without a look-up, and never be found after something it rests on has changed.
 */
import { LRUCache } from 'lru-cache'

/** One applied change: its epoch, and the entities it touched. */
export interface Change {
  readonly epoch: bigint
  readonly entities: readonly string[]
}

export interface Versions {
  /** The last change that this node has applied. */
  epoch(): bigint
  /** Versions in the order asked for, at once when all are known here; what is not is loaded. 0 for what no change has touched. */
  of(entities: readonly string[]): readonly bigint[] | Promise<readonly bigint[]>
  /** Changes must come in order of epoch. */
  apply(change: Change): void
  changedSince(entities: readonly string[], epoch: bigint): boolean
}

export interface VersionsOptions {
  readonly epoch: bigint
  readonly capacity: number
  /** Reads `max(epoch)` per entity; missing entities may be left out. */
  readonly load: (entities: readonly string[]) => Promise<ReadonlyMap<string, bigint>>
  /** False while the feed has not been read for too long: then every version is loaded, and nothing is taken from memory. */
  readonly trusted: () => boolean
}

export function createVersions({ epoch: start, capacity, load, trusted }: VersionsOptions): Versions {
  // bounded by size and not by count: for a count the library sets all room aside at once, 24 MB for a million
  const versions = new LRUCache<string, bigint>({ maxSize: capacity, sizeCalculation: () => 1 })
  let epoch = start

  const known = (entities: readonly string[]): readonly bigint[] | undefined => {
    const found: bigint[] = []
    for (const entity of entities) {
      const version = versions.get(entity)
      if (version === undefined) return undefined
      found.push(version)
    }
    return found
  }
  const loadMissing = async (entities: readonly string[]): Promise<readonly bigint[]> => {
    const missing = trusted() ? entities.filter((entity) => !versions.has(entity)) : entities
    const loaded = await load(missing)
    // a change applied while the load was under way is newer than what was loaded
    for (const entity of missing) versions.set(entity, latest(versions.get(entity), loaded.get(entity)))
    return entities.map((entity) => versions.get(entity) ?? 0n)
  }

  return {
    epoch: () => epoch,
    of: (entities) => (trusted() ? known(entities) : undefined) ?? loadMissing(entities),
    apply(change) {
      if (change.epoch <= epoch) return
      for (const entity of change.entities) versions.set(entity, change.epoch)
      epoch = change.epoch
    },
    changedSince: (entities, since) => entities.some((entity) => (versions.get(entity) ?? 0n) > since),
  }
}

const latest = (a: bigint | undefined, b: bigint | undefined): bigint => ((a ?? 0n) > (b ?? 0n) ? (a ?? 0n) : (b ?? 0n))

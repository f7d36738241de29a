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
  /** False when one has moved on, and when it cannot be said: one is not known here any more, or the feed was not read for too long. */
  unchanged(entities: readonly string[], versions: readonly bigint[]): boolean
}

export interface VersionsOptions {
  readonly epoch: bigint
  /** Entities kept in memory. */
  readonly capacity: number
  /** Reads `max(epoch)` per entity; missing entities may be left out. */
  readonly load: (entities: readonly string[]) => Promise<ReadonlyMap<string, bigint>>
  /** False while the feed has not been read for too long: then nothing is taken from memory before it has been. */
  readonly trusted: () => boolean
  /** Applies everything that has been committed; throws when the feed cannot be read. */
  readonly catchUp: () => Promise<void>
}

interface Loading {
  count: number
  /** The last change applied since the load began. */
  changed: bigint
}

export function createVersions({ epoch: start, capacity, load, trusted, catchUp }: VersionsOptions): Versions {
  // bounded by size and not by count: for a count the library sets all room aside at once
  const versions = new LRUCache<string, bigint>({ maxSize: capacity, sizeCalculation: () => 1 })
  const loading = new Map<string, Loading>()
  let epoch = start

  /** An entity may be loaded ahead of the feed, and be evicted while it is loaded: the newest that was seen counts. */
  const raise = (entity: string, version: bigint): void => {
    const held = versions.get(entity)
    if (held === undefined || held < version) versions.set(entity, version)
  }
  const known = (entities: readonly string[]): readonly bigint[] | undefined => {
    const found: bigint[] = []
    for (const entity of entities) {
      const version = versions.get(entity)
      if (version === undefined) return undefined
      found.push(version)
    }
    return found
  }
  const beginLoad = (entity: string): void => {
    const entry = loading.get(entity)
    if (entry === undefined) loading.set(entity, { count: 1, changed: 0n })
    else entry.count++
  }
  const endLoad = (entity: string): bigint => {
    const entry = loading.get(entity)!
    entry.count--
    if (entry.count === 0) loading.delete(entity)
    return entry.changed
  }
  const loadMissing = async (entities: readonly string[]): Promise<readonly bigint[]> => {
    // what is known is remembered: it may be evicted before the rest has come
    const found = new Map<string, bigint>()
    const missing = new Set<string>()
    for (const entity of entities) {
      const version = versions.get(entity)
      if (version === undefined) missing.add(entity)
      else found.set(entity, version)
    }
    for (const entity of missing) beginLoad(entity)
    let loaded: ReadonlyMap<string, bigint> | undefined
    try {
      loaded = await load([...missing])
    } finally {
      for (const entity of missing) {
        const changed = endLoad(entity)
        if (loaded !== undefined) found.set(entity, latest(changed, loaded.get(entity)))
      }
    }
    for (const entity of missing) raise(entity, found.get(entity)!)
    return entities.map((entity) => latest(found.get(entity)!, versions.get(entity)))
  }
  const afterCatchingUp = async (entities: readonly string[]): Promise<readonly bigint[]> => {
    await catchUp()
    return known(entities) ?? loadMissing(entities)
  }

  return {
    epoch: () => epoch,
    of: (entities) => (trusted() ? (known(entities) ?? loadMissing(entities)) : afterCatchingUp(entities)),
    apply(change) {
      if (change.epoch <= epoch) return
      for (const entity of change.entities) {
        const under = loading.get(entity)
        if (under !== undefined) under.changed = change.epoch
        // what is not known is loaded when it is asked for: a large change must not push everything else out
        if (versions.has(entity)) raise(entity, change.epoch)
      }
      epoch = change.epoch
    },
    unchanged: (entities, since) =>
      entities.length === 0 || (trusted() && entities.every((entity, index) => versions.peek(entity) === since[index])),
  }
}

const latest = (a: bigint, b: bigint | undefined): bigint => (b === undefined || a > b ? a : b)

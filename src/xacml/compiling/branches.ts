/** Branches by code: an array while the codes lie close together, a map otherwise. */
import type { IndexNode } from './target-index.ts'

export interface Branches {
  dense: (IndexNode | undefined)[] | undefined
  sparse: Map<number, IndexNode> | undefined
  count: number
}

/** Part of a node of the index. */
export function branchesOf(entries: readonly (readonly [number, IndexNode])[]): Branches {
  const branches: Branches = { dense: [], sparse: undefined, count: 0 }
  const highest = entries.reduce((max, [code]) => Math.max(max, code), -1)
  if (!isDense(highest, entries.length)) makeSparse(branches)
  for (const [code, node] of entries) setBranch(branches, code, node)
  return branches
}

export function branchOf({ dense, sparse }: Branches, code: number): IndexNode | undefined {
  if (dense !== undefined) return code < dense.length ? dense[code] : undefined
  return sparse?.get(code)
}

export function setBranch(branches: Branches, code: number, node: IndexNode): void {
  const { dense } = branches
  if (branchOf(branches, code) === undefined) branches.count += 1
  if (dense === undefined) branches.sparse?.set(code, node)
  else if (code < dense.length || isDense(code, branches.count)) {
    while (dense.length <= code) dense.push(undefined)
    dense[code] = node
  } else {
    makeSparse(branches)
    branches.sparse?.set(code, node)
  }
}

export function removeBranch(branches: Branches, code: number): void {
  if (branchOf(branches, code) === undefined) return
  branches.count -= 1
  branches.sparse?.delete(code)
  if (branches.dense !== undefined) branches.dense[code] = undefined
}

/** An array may be this much longer than it has branches. */
const isDense = (highest: number, count: number): boolean => highest < 16 + 4 * count

function makeSparse(branches: Branches): void {
  const sparse = new Map<number, IndexNode>()
  branches.dense?.forEach((node, code) => {
    if (node !== undefined) sparse.set(code, node)
  })
  branches.dense = undefined
  branches.sparse = sparse
}

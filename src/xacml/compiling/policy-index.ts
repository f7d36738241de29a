/** A policy set whose children change one by one while decisions go on: nothing but the changed child is indexed anew. */
import type { PolicySet } from '../model/policy.ts'
import { type CompiledPolicy, type CompileOptions, compile } from './compile.ts'
import type { CombiningNode, Node } from './node.ts'
import { buildIndex, insertChild, removeChild } from './target-index.ts'

export interface PolicyIndex {
  /** Decides over the children as they are when the decision begins. The object stays the same. */
  readonly compiled: CompiledPolicy
  /**
   * Puts a child in under a name of the caller's choice: in the place of the one of that name, else before the child
   * named, else last. The place is what ordered algorithms go by. Compiled with this index's vocabulary, and not itself
   * that of an index: what it requires is read once, now, and that changes. Such a one is bound to a reference instead.
   */
  readonly put: (name: string, child: CompiledPolicy, before?: string) => void
  /** False when there is none of that name. */
  readonly remove: (name: string) => boolean
  readonly has: (name: string) => boolean
  readonly size: () => number
}

/** The nodes of all indexes. */
const changing = new WeakSet<Node>()

interface Place {
  readonly node: Node
  readonly order: number
}

/** `frame` gives target, algorithm, obligations and advice; children that it has already are refused. */
export function createPolicyIndex(frame: PolicySet, options: Omit<CompileOptions, 'index'> = {}): PolicyIndex {
  if (frame.children.length > 0) throw new TypeError('the policy set of an index is given without children')
  const compiledFrame = compile(frame, options)
  if (!compiledFrame.ok) throw new TypeError(compiledFrame.problems[0].message)
  const { node: empty, vocabulary } = compiledFrame.value
  const { logic } = empty

  const places = new Map<string, Place>()
  const children: Node[] = []
  const orders: number[] = []
  const index = buildIndex([], logic === 'only-one-applicable', vocabulary)
  const live: CombiningNode = { ...empty, children, index: logic === 'on-permit-apply-second' ? undefined : index }
  changing.add(live)

  function put(name: string, child: CompiledPolicy, before?: string): void {
    if (child.vocabulary !== vocabulary) throw new TypeError('the policy was compiled with another vocabulary')
    if (changing.has(child.node))
      throw new TypeError('the policy set of an index goes into another by a bound reference')
    const known = places.get(name)
    if (known !== undefined) {
      const at = positionOf(known.order)
      removeChild(index, known.node, known.order)
      place(name, child.node, known.order)
      children[at] = child.node
      return
    }
    const at = before === undefined ? children.length : positionBefore(before)
    if (!hasRoomAt(at)) renumber()
    const order = orderAt(at)
    place(name, child.node, order)
    children.splice(at, 0, child.node)
    orders.splice(at, 0, order)
  }

  function place(name: string, node: Node, order: number): void {
    places.set(name, { node, order })
    insertChild(index, node, order)
  }

  function remove(name: string): boolean {
    const known = places.get(name)
    if (known === undefined) return false
    const at = positionOf(known.order)
    places.delete(name)
    removeChild(index, known.node, known.order)
    children.splice(at, 1)
    orders.splice(at, 1)
    return true
  }

  function positionBefore(name: string): number {
    const known = places.get(name)
    if (known === undefined) throw new TypeError(`there is no policy named \`${name}\` to put one before`)
    return positionOf(known.order)
  }

  /** Orders ascend. */
  function positionOf(order: number): number {
    let low = 0
    let high = orders.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (orders[middle]! < order) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Halfway between the neighbours. */
  function orderAt(at: number): number {
    const next = orders[at]
    const last = at === 0 ? undefined : orders[at - 1]
    if (next === undefined) return (last ?? 0) + 1
    return last === undefined ? next - 1 : (last + next) / 2
  }

  const hasRoomAt = (at: number): boolean => {
    const order = orderAt(at)
    return order !== orders[at] && order !== orders[at - 1]
  }

  /** After some fifty insertions at one place there is no number left in between. */
  function renumber(): void {
    const names = [...places].sort(([, a], [, b]) => a.order - b.order)
    for (const [, { node, order }] of names) removeChild(index, node, order)
    names.forEach(([name, { node }], i) => {
      place(name, node, i + 1)
      orders[i] = i + 1
    })
  }

  return {
    compiled: { node: live, vocabulary },
    put,
    remove,
    has: (name) => places.has(name),
    size: () => places.size,
  }
}

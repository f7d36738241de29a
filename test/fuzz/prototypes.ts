/** The prototypes that everything shares, as they were: nothing that is read may add to them or change them. */

const shared: readonly object[] = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  String.prototype,
  Number.prototype,
  Map.prototype,
  Set.prototype,
  Error.prototype,
  Object,
]

const describe = (of: object): readonly unknown[] =>
  Reflect.ownKeys(of).map((key) => [key, Object.getOwnPropertyDescriptor(of, key)])

const before = shared.map(describe)

/** What has changed since this file was loaded: empty, or there is a hole. */
export const pollution = (): readonly object[] =>
  shared.filter((of, i) => {
    const [now, then] = [describe(of), before[i]!]
    return now.length !== then.length || JSON.stringify(now) !== JSON.stringify(then)
  })

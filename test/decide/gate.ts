/** Something that comes when the test says so. */
export interface Gate<T> {
  readonly promise: Promise<T>
  open(value: T): void
  fail(error: Error): void
}

export function gate<T>(): Gate<T> {
  let open!: (value: T) => void
  let fail!: (error: Error) => void
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { promise, open, fail }
}

/** Lets everything run that waits for nothing but its turn. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

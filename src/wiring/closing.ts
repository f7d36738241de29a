/** What was opened is closed in reverse, whether the start failed half-way or the end came; one that fails stops no other. */
export interface Closing {
  /** Returns what it is given, so that opening and remembering to close stand on one line. */
  add<T>(opened: T, close: (opened: T) => void | Promise<void>): T
  close(): Promise<void>
}

export function createClosing(onTrouble: (error: unknown) => void): Closing {
  const closers: (() => void | Promise<void>)[] = []
  let closed: Promise<void> | undefined
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) {
      try {
        await close()
      } catch (error) {
        onTrouble(error)
      }
    }
  }
  return {
    add(opened, close) {
      closers.push(() => close(opened))
      return opened
    },
    close() {
      closed ??= closeAll()
      return closed
    },
  }
}

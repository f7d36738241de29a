/**
 * Lines on their way to a file descriptor: held back until they are worth a write, and never in the way of the end of the
 * process. The writer of pino tries for ever at exit when nobody reads any more, and then no signal ends the process.
 */
import { write, writeSync } from 'node:fs'

export interface LineWriter {
  write(line: string): void
  /** Resolves when everything is written, or cannot be; a reader that stands still is waited for two seconds. */
  flush(): Promise<void>
}

export interface LineWriterOptions {
  /** Whoever read is gone: nothing is written from here on. */
  readonly onBroken?: (() => void) | undefined
  /** Lines were dropped, because nothing was taken for too long; told once it is taken again. */
  readonly onMissing?: (count: number) => void
}

/** Characters that are worth a write. */
const worth = 4096
/** Characters that are held at most. */
const most = 16 * 1_048_576
/** Milliseconds. */
const longestHeld = 500
const pause = 100
const flushPatience = 2_000
const exitPatience = 200

/** What is to be written at exit. */
const atExit = new Set<() => void>()

export const createLineWriter = (fd: number, { onBroken, onMissing }: LineWriterOptions = {}): LineWriter => {
  let held = ''
  let chunk: Buffer | undefined
  let isUnderWay = false
  let isBroken = false
  let missing = 0
  let timer: NodeJS.Timeout | undefined
  const waiting = new Set<() => void>()

  const settle = (): void => {
    for (const resolve of waiting) resolve()
    waiting.clear()
  }
  const takeHeld = (): string => {
    const all = held
    held = ''
    return all
  }
  const begin = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (isUnderWay || isBroken) return
    if (chunk === undefined && held === '') {
      settle()
      return
    }
    chunk ??= Buffer.from(takeHeld())
    isUnderWay = true
    write(fd, chunk, (error, written) => {
      isUnderWay = false
      if (error === null) taken(written)
      else failed(error)
    })
  }
  const beginLater = (milliseconds: number): void => {
    timer ??= setTimeout(begin, milliseconds)
    if (waiting.size === 0) timer.unref()
  }
  const taken = (written: number): void => {
    const rest = chunk?.subarray(written)
    chunk = rest === undefined || rest.length === 0 ? undefined : rest
    if (chunk === undefined && missing > 0) {
      const count = missing
      missing = 0
      onMissing?.(count)
    }
    if (chunk !== undefined || held.length >= worth || waiting.size > 0) begin()
    else if (held !== '') beginLater(longestHeld)
  }
  /** Anything but a reader who has left may pass, as a full disk does: it is tried again. */
  const failed = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'EPIPE') {
      isBroken = true
      held = ''
      chunk = undefined
      settle()
      onBroken?.()
    } else {
      if (error.code !== 'EAGAIN') settle()
      beginLater(pause)
    }
  }

  hookExit()
  atExit.add(() => {
    // a thread has the chunk and will finish it
    if (!isBroken) writeWhatCanBe(fd, Buffer.concat([...(isUnderWay || !chunk ? [] : [chunk]), Buffer.from(held)]))
  })
  return {
    write(line) {
      if (isBroken) return
      if (held.length + line.length > most) missing++
      else held += line
      if (isUnderWay) return
      if (held.length >= worth && chunk === undefined) begin()
      else beginLater(longestHeld)
    },
    flush: () =>
      new Promise((resolve) => {
        if (isBroken) return resolve()
        waiting.add(resolve)
        setTimeout(resolve, flushPatience).unref()
        begin()
      }),
  }
}

let isHooked = false

function hookExit(): void {
  if (isHooked) return
  isHooked = true
  process.once('exit', () => {
    for (const writeRest of atExit) writeRest()
  })
}

/** There is no later any more: what is not taken within `exitPatience` is lost. */
function writeWhatCanBe(fd: number, bytes: Buffer): void {
  const end = performance.now() + exitPatience
  let rest = bytes
  while (rest.length > 0)
    try {
      rest = rest.subarray(writeSync(fd, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || performance.now() > end) return
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
}

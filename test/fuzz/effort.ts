/** How long to look: seconds in the tests of every day, minutes each with NIGHTLY=1. */

export const nightly = process.env.NIGHTLY === '1'

const minutes = Number(process.env.FUZZ_MINUTES ?? 10)

/** For a property that `runs` examples are enough of in the daytime. */
export const effort = (runs: number) =>
  nightly
    ? { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: minutes * 60_000, markInterruptAsFailure: false }
    : { numRuns: runs }

export const timeout = nightly ? (minutes + 5) * 60_000 : 60_000

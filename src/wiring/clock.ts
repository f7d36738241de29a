/** Milliseconds, never going back. */
export const clock = (): number => performance.now()

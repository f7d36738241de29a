/** Cases known to fail, each with its reason. One that passes nevertheless fails the run: take it off the list then. */
export const expectedFailures: Readonly<Record<string, string>> = {}

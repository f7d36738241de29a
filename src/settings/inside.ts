/** What is wrong inside a value that is a list of objects: where, and of several shapes the one that was most likely meant. */
import type * as z from 'zod'

type Issue = z.core.$ZodIssue

/**
 * @param skip parts of the path that the reader knows already
 * @returns `undefined` when the value as a whole is wrong
 */
export function explainInside(issue: Issue, skip: number): string | undefined {
  const { path, said } = describe(issue)
  const inside = path.slice(skip)
  return inside.length === 0 ? undefined : `at \`${inside.join('.')}\`: ${said}`
}

interface Described {
  readonly path: readonly PropertyKey[]
  readonly said: string
}

/** Paths inside the shapes of a union begin at the union. */
function describe(issue: Issue): Described {
  if (issue.code !== 'invalid_union') return { path: issue.path, said: issue.message.toLowerCase() }
  const fewest = Math.min(...issue.errors.map((shape) => shape.length))
  const likely = issue.errors.flatMap((shape) => (shape.length === fewest ? shape.slice(0, 1) : []))
  const [first] = likely
  if (first === undefined) return { path: issue.path, said: issue.message.toLowerCase() }
  if (likely.every(isMissing)) {
    const missing = [...new Set(likely.map(({ path }) => `\`${path.join('.')}\``))]
    return { path: issue.path, said: `${missing.join(' or ')} is missing` }
  }
  const inside = describe(first)
  return { path: [...issue.path, ...inside.path], said: inside.said }
}

/** As the check reports it when it is told to report what it was given. */
const isMissing = (issue: Issue): boolean =>
  issue.code === 'invalid_type' && issue.path.length > 0 && issue.input === undefined

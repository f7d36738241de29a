/** Live and ready: one says that the process answers, the other that it can decide. Neither needs a token. */
import { type Answer, jsonAnswer, textAnswer } from './answer.ts'
import type { Undecided } from './door.ts'

/** One thing that must be there before requests can be decided; each answers within a bound of its own. */
export interface Check {
  readonly name: string
  passes(): Promise<boolean>
}

export const healthRoutes = (checks: readonly Check[], closing: () => boolean): readonly Undecided[] => [
  { method: 'GET', path: '/health', answer: () => textAnswer(200, 'text/plain; charset=utf-8', 'healthy') },
  { method: 'GET', path: '/ready', answer: () => readiness(checks, closing) },
]

async function readiness(checks: readonly Check[], closing: () => boolean): Promise<Answer> {
  const results = await Promise.all(
    checks.map(async ({ name, passes }) => [name, await passes().catch(() => false)] as const),
  )
  const ready = !closing() && results.every(([, passed]) => passed)
  return jsonAnswer(ready ? 200 : 503, { ready, closing: closing(), checks: Object.fromEntries(results) })
}

/**
 * A source that neither answers nor fails (a database behind a wire that is held) must not keep a client for ever. Until the
 * handler acts a request has so long; what acts after that is stopped before it begins. An upload may then take its time;
 * everything else must have answered within as long again.
 */
import type { Route } from '../pipeline.ts'

/** Milliseconds; above the time that a body may take. */
export const patience = 40_000

export class LateAnswer extends Error {
  override readonly name = 'LateAnswer'
}

export interface Deadline<M, A> {
  /** The route, which no longer acts when its time is up. */
  readonly route: Route<M, A>
  /** The same promise, or a `LateAnswer`. */
  within<T>(serving: Promise<T>): Promise<T>
}

export function createDeadline<M, A>(route: Route<M, A>, isLong: boolean, time: number = patience): Deadline<M, A> {
  let isLate = false
  let timer: NodeJS.Timeout | undefined
  let giveUp: (late: LateAnswer) => void = () => undefined
  const late = new Promise<never>((_, reject) => {
    giveUp = reject
  })
  const start = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      isLate = true
      giveUp(new LateAnswer(`a source did not answer within ${time / 1000} s`))
    }, time)
  }
  return {
    route: {
      collect: (authenticated) => route.collect(authenticated),
      handle(grant, matter, decided) {
        if (isLate) throw new LateAnswer('the time of the request was up before it could be handled')
        if (isLong) clearTimeout(timer)
        else start()
        return route.handle(grant, matter, decided)
      },
    },
    within(serving) {
      start()
      // when the deadline is met, what the request comes to later is nobody's business any more
      serving.catch(() => undefined)
      return Promise.race([serving, late]).finally(() => clearTimeout(timer))
    },
  }
}

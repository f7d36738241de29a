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
  return {
    route: {
      collect: (authenticated) => route.collect(authenticated),
      handle(grant, matter, decided) {
        if (isLate) throw new LateAnswer('the time of the request was up before it could be handled')
        if (isLong) clearTimeout(timer)
        else timer?.refresh()
        return route.handle(grant, matter, decided)
      },
    },
    within: (serving) =>
      new Promise((resolve, reject) => {
        timer = setTimeout(() => {
          isLate = true
          reject(new LateAnswer(`a source did not answer within ${time / 1000} s`))
        }, time)
        // when the deadline is met, what the request comes to later is nobody's business any more
        serving.then(
          (value) => {
            clearTimeout(timer)
            resolve(value)
          },
          (error: unknown) => {
            clearTimeout(timer)
            reject(error)
          },
        )
      }),
  }
}

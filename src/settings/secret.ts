import { inspect } from 'node:util'

/** A value that only `reveal` gives away: printed, logged or put into JSON it reads `[secret]`. */
export interface Secret {
  reveal(): string
  toString(): string
  toJSON(): string
}

const shown = '[secret]'

export function secret(value: string): Secret {
  const cover = (): string => shown
  return Object.freeze({ reveal: () => value, toString: cover, toJSON: cover, [inspect.custom]: cover })
}

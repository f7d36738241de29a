/** The engine as a library: everything here is pure, synchronous and total. */

export type * from './model/policy.ts'
export type * from './model/request.ts'
export type * from './model/response.ts'
export type * from './model/value.ts'
export type * from './problems.ts'

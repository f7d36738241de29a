/** The engines that every case is put to. */
import { compile } from '../../src/xacml/compiling/compile.ts'
import { evaluate } from '../../src/xacml/compiling/evaluate.ts'
import { evaluatePlain } from '../../src/xacml/evaluating/evaluate-plain.ts'
import { defaultLimits as limits } from '../../src/xacml/limits.ts'
import type { Request } from '../../src/xacml/model/request.ts'
import type { Response } from '../../src/xacml/model/response.ts'
import type { PreparedCase } from './prepare-case.ts'

export type Engine = (prepared: PreparedCase) => (request: Request) => Response

const now = '2026-11-20T12:00:00Z'

export const engines: Readonly<Record<string, Engine>> = {
  plain: (prepared) => (request) => evaluatePlain(prepared.root, request, { ...prepared, now, limits }),
  compiled: (prepared) => {
    const compiled = compile(prepared.root, { resolve: prepared.resolve, limits })
    if (!compiled.ok) throw new Error(`a checked policy does not compile: ${compiled.problems[0].message}`)
    return (request) => evaluate(compiled.value, request, { ...prepared, now, limits })
  },
}

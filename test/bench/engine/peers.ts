/** What Node programmers can get today, on the hospital's policies: present when their packages are installed. */

import type { HospitalQuestion } from './hospital.ts'
import { type Measured, measure } from './measure.ts'

/**
 * Their setting is fair to neither at its best: Cedar's own slicing by scope is unused, and Casbin has one matcher over
 * all its lines. Departments are a list, sensitivity and clearance are left out: they have less to do than Portvakt has.
 */
export interface Peer {
  readonly name: string
  readonly run: (milliseconds: number) => Measured
}

interface Cell {
  readonly department: string
  readonly role: string
  readonly type: string
  readonly actions: readonly string[]
}

interface Cedar {
  readonly preparsePolicySet: (id: string, policies: { readonly staticPolicies: string }) => { readonly type: string }
  readonly statefulIsAuthorized: (call: unknown) => unknown
}

export async function cedar(cells: readonly Cell[], questions: readonly HospitalQuestion[]): Promise<Peer | undefined> {
  const wasm = await optional<Cedar>('@cedar-policy/cedar-wasm/nodejs')
  if (wasm === undefined) return undefined
  const staticPolicies = cells.map(permitInCedar).join('\n')
  const id = `hospital-${cells.length}`
  if (wasm.preparsePolicySet(id, { staticPolicies }).type !== 'success') throw new Error('cedar refused the policies')
  const calls = questions.map((question) => ({
    principal: { type: 'Staff', id: 'one' },
    action: { type: 'Action', id: question.action },
    resource: { type: question.type, id: 'one' },
    context: { role: question.role, department: question.department, departments: question.departments },
    preparsedPolicySetId: id,
    entities: [],
  }))
  const call = (i: number) => wasm.statefulIsAuthorized(calls[i % calls.length])
  return { name: 'cedar-wasm, pre-parsed', run: (milliseconds) => measure(call, milliseconds, 1) }
}

const permitInCedar = ({ department, role, type, actions }: Cell): string =>
  `permit(principal, action in [${actions.map((name) => `Action::"${name}"`).join(', ')}], resource is ${type}) when ` +
  `{ context.role == "${role}" && context.department == "${department}" && context.departments.contains("${department}") };`

interface Casbin {
  readonly newModelFromString: (text: string) => unknown
  readonly StringAdapter: new (text: string) => unknown
  readonly newEnforcer: (model: unknown, adapter: unknown) => Promise<{ enforceSync: (...args: unknown[]) => boolean }>
}

const casbinModel = `[request_definition]
r = role, type, act, dept, depts
[policy_definition]
p = role, type, act, dept
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.role == p.role && r.type == p.type && r.act == p.act && r.dept == p.dept && r.depts.includes(p.dept)`

export async function casbin(
  cells: readonly Cell[],
  questions: readonly HospitalQuestion[],
): Promise<Peer | undefined> {
  const library = await optional<Casbin>('casbin')
  if (library === undefined) return undefined
  const lines = cells.flatMap(({ role, type, actions, department }) =>
    actions.map((name) => `p, ${role}, ${type}, ${name}, ${department}`),
  )
  const adapter = new library.StringAdapter(lines.join('\n'))
  const enforcer = await library.newEnforcer(library.newModelFromString(casbinModel), adapter)
  const call = (i: number) => {
    const { role, type, action, department, departments } = questions[i % questions.length]!
    return enforcer.enforceSync(role, type, action, department, departments)
  }
  return { name: 'casbin', run: (milliseconds) => measure(call, milliseconds, 1) }
}

/** Undefined when it is not installed. */
async function optional<T>(name: string): Promise<T | undefined> {
  try {
    return (await import(name)) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/** hospital-N: 33·N + 5 policies under deny-overrides, the ladder of the fastest published engine. */
import type * as model from '../../../src/xacml/model/policy.ts'
import type { Request } from '../../../src/xacml/model/request.ts'
import * as b from './build.ts'
import type { Random } from './random.ts'

type Permissions = Readonly<Record<string, readonly string[]>>

const roles: Readonly<Record<string, { readonly clearance: bigint; readonly permissions: Permissions }>> = {
  attending: {
    clearance: 4n,
    permissions: {
      PatientRecord: ['read', 'write', 'create'],
      LabResult: ['read', 'order'],
      Prescription: ['read', 'write', 'prescribe'],
      Imaging: ['read', 'order'],
      CareNote: ['read', 'write', 'create'],
      Referral: ['read', 'write', 'create'],
    },
  },
  resident: {
    clearance: 3n,
    permissions: {
      PatientRecord: ['read', 'write'],
      LabResult: ['read'],
      Prescription: ['read'],
      Imaging: ['read', 'order'],
      CareNote: ['read', 'write', 'create'],
      Referral: ['read', 'create'],
    },
  },
  nurse: {
    clearance: 3n,
    permissions: {
      PatientRecord: ['read', 'write'],
      LabResult: ['read'],
      Prescription: ['read'],
      CareNote: ['read', 'write', 'create'],
      Schedule: ['read', 'write'],
    },
  },
  labTech: {
    clearance: 2n,
    permissions: { LabResult: ['read', 'write', 'create'], Imaging: ['read', 'write', 'create'] },
  },
  pharmacist: { clearance: 3n, permissions: { Prescription: ['read', 'write', 'approve'], PatientRecord: ['read'] } },
  admin: {
    clearance: 2n,
    permissions: {
      Schedule: ['read', 'write', 'create', 'delete'],
      BillingRecord: ['read', 'write'],
      AuditLog: ['read'],
    },
  },
  billing: {
    clearance: 2n,
    permissions: { BillingRecord: ['read', 'write', 'create', 'bill'], PatientRecord: ['read'] },
  },
  auditor: {
    clearance: 4n,
    permissions: { AuditLog: ['read', 'write', 'create', 'audit'], PatientRecord: ['read'], BillingRecord: ['read'] },
  },
  researcher: { clearance: 1n, permissions: { PatientRecord: ['read'], LabResult: ['read'], Imaging: ['read'] } },
}

const role = b.designator(b.subject, 'urn:hospital:role')
const departments = b.designator(b.subject, 'urn:hospital:departments')
const clearance = b.designator(b.subject, 'urn:hospital:clearance', 'integer', true)
const type = b.designator(b.resource, 'urn:hospital:type')
const department = b.designator(b.resource, 'urn:hospital:department')
const sensitivity = b.designator(b.resource, 'urn:hospital:sensitivity', 'integer', true)
const actionId = b.designator(b.action, b.actionId)

export const departmentName = (d: number): string => `dept_${d}`

export function hospital(size: number): model.PolicySet {
  const children: model.Policy[] = []
  for (let d = 0; d < size; d++) children.push(...departmentPolicies(departmentName(d)))
  return b.policySet(`hospital-${size}`, { children: [...children, ...emergencyPolicies()] })
}

function departmentPolicies(name: string): readonly model.Policy[] {
  const policies = Object.entries(roles).flatMap(([roleName, { permissions }]) =>
    Object.entries(permissions).map(([typeName, actions]) =>
      b.policy(`${name}-${roleName}-${typeName}`, {
        target: b.target(
          b.anyOf(b.match(role, roleName)),
          b.anyOf(b.match(type, typeName)),
          b.anyOf(...actions.map((name) => b.match(actionId, name))),
          b.anyOf(b.match(department, name)),
          b.anyOf(b.match(departments, name)),
        ),
        rules: [b.rule(`${name}-${roleName}-${typeName}-permit`, 'Permit')],
      }),
    ),
  )
  return [...policies, sensitivityPolicy(name)]
}

function sensitivityPolicy(name: string): model.Policy {
  const one = b.f('1.0', 'integer-one-and-only')
  const tooSensitive = b.apply(b.f('1.0', 'integer-greater-than'), b.apply(one, sensitivity), b.apply(one, clearance))
  return b.policy(`${name}-sensitivity`, {
    target: b.target(b.anyOf(b.match(department, name))),
    rules: [b.rule(`${name}-sensitivity-deny`, 'Deny', { condition: b.condition(tooSensitive) })],
  })
}

function emergencyPolicies(): readonly model.Policy[] {
  return ['PatientRecord', 'LabResult', 'Prescription', 'Imaging', 'CareNote'].map((typeName) =>
    b.policy(`emergency-${typeName}`, {
      target: b.target(
        b.anyOf(b.match(role, 'emergency')),
        b.anyOf(b.match(type, typeName)),
        b.anyOf(...['read', 'write', 'prescribe', 'override'].map((name) => b.match(actionId, name))),
      ),
      rules: [b.rule(`emergency-${typeName}-permit`, 'Permit')],
    }),
  )
}

/* ── requests ────────────────────────────────────────────────────────────────────────────────────────────────── */

const actions = [
  ['read', 7],
  ['write', 3],
  ['create', 2],
  ['order', 1],
  ['prescribe', 1],
  ['approve', 1],
  ['bill', 1],
  ['audit', 1],
  ['delete', 1],
] as const

const types = [
  ['PatientRecord', 3],
  ['LabResult', 2],
  ['CareNote', 2],
  ['Prescription', 1],
  ['Imaging', 1],
  ['Schedule', 1],
  ['BillingRecord', 1],
  ['AuditLog', 1],
  ['Referral', 1],
] as const

/** One question, before it is put into anybody's words. */
export interface HospitalQuestion {
  readonly role: string
  readonly clearance: bigint
  readonly departments: readonly string[]
  readonly action: string
  readonly type: string
  readonly department: string
  readonly sensitivity: bigint
}

export function hospitalQuestions(size: number, count: number, random: Random): readonly HospitalQuestion[] {
  const staff = Array.from({ length: size * 5 }, (_, i) => {
    const home = Math.floor(i / 5)
    const others = Array.from({ length: size }, (_, d) => d).filter((d) => d !== home && random.next() < 0.05)
    return { home, role: random.pick(Object.keys(roles)), departments: [home, ...others].map(departmentName) }
  })
  return Array.from({ length: count }, () => {
    const { home, role, departments } = random.pick(staff)
    return {
      role,
      clearance: roles[role]!.clearance,
      departments,
      action: random.weighted(actions),
      type: random.weighted(types),
      department: departmentName(random.next() < 0.8 ? home : random.integer(size)),
      sensitivity: BigInt(random.next() < 0.7 ? 1 : 1 + random.integer(4)),
    }
  })
}

export function hospitalRequest(question: HospitalQuestion): Request {
  return b.request(
    {
      category: b.subject,
      attributes: [
        b.attribute('urn:hospital:role', question.role),
        b.attribute('urn:hospital:departments', ...question.departments),
        b.attribute('urn:hospital:clearance', question.clearance),
      ],
    },
    { category: b.action, attributes: [b.attribute(b.actionId, question.action)] },
    {
      category: b.resource,
      attributes: [
        b.attribute('urn:hospital:type', question.type),
        b.attribute('urn:hospital:department', question.department),
        b.attribute('urn:hospital:sensitivity', question.sensitivity),
      ],
    },
  )
}

/** The table, once per department: for engines that are not XACML. */
export function hospitalCells(size: number) {
  return Array.from({ length: size }, (_, d) => departmentName(d)).flatMap((department) =>
    Object.entries(roles).flatMap(([role, { permissions }]) =>
      Object.entries(permissions).map(([type, actions]) => ({ department, role, type, actions })),
    ),
  )
}

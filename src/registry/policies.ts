/** Policies of resources: immutable versions, numbered per resource, each text kept once under its SHA-256. */
import { createHash } from 'node:crypto'
import type { Queryable, Sql } from '../database/sql.ts'
import { type WriteOptions, writeChange } from './change.ts'
import { checkPrecondition } from './precondition.ts'
import { findResource } from './resources.ts'
import { notFound, notOwner, owns, type Result, type Writer } from './result.ts'

export interface StoredPolicy {
  readonly resource: string
  /** 1, 2, 3 … of this resource. */
  readonly number: number
  /** SHA-256 of the text in UTF-8, hexadecimal. */
  readonly hash: string
  readonly text: string
  readonly createdAt: Date
  /** The epoch at which it came into force. */
  readonly version: number
}

export type StoredPolicyHead = Omit<StoredPolicy, 'text'>

export function policyEntity(resource: string): string {
  return `policy:${resource}`
}

export function hashOfPolicy(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

/** The policy in force: the highest number. None for a resource that was deleted. */
export async function findPolicy(sql: Queryable, resource: string): Promise<StoredPolicy | undefined> {
  const [row] = await sql<StoredPolicy[]>`
    select ${columns(sql)} from policy_version v join policy_text t using (hash) join resource r on r.identifier = v.resource
    where v.resource = ${resource} and r.deleted_at is null order by v.number desc limit 1`
  return row
}

/** The text of any policy that was ever in force here, the gateway's own included. */
export async function findPolicyText(sql: Queryable, hash: string): Promise<string | undefined> {
  const [row] = await sql<{ text: string }[]>`select text from policy_text where hash = ${hash}`
  return row?.text
}

/** Keeps a text that comes from elsewhere (the gateway's own policies), so that decisions made with it can be explained. */
export async function keepPolicyText(sql: Queryable, text: string): Promise<string> {
  const hash = hashOfPolicy(text)
  await sql`insert into policy_text (hash, text) values (${hash}, ${text}) on conflict (hash) do nothing`
  return hash
}

/** What is wrong with a policy; findings whose severity is not `error` do not refuse it. */
export interface PolicyProblem {
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly code?: string
}

/** Reads and checks a policy for a resource; it must not write. */
export type CheckPolicy<P extends PolicyProblem> = (
  text: string,
  resource: string,
) => readonly P[] | Promise<readonly P[]>

export interface PutPolicy<P extends PolicyProblem> {
  readonly policy: StoredPolicy
  /** What the check found that does not refuse. */
  readonly warnings: readonly P[]
}

/** The refusal of a policy carries the problems as the check gave them, positions included. */
export interface PolicyRefused<P extends PolicyProblem> {
  readonly kind: 'policy-refused'
  readonly problems: readonly P[]
}

/**
 * Puts a policy in force as the next version. The same text as now is no change. The check runs before anything is locked;
 * a policy with an error changes nothing.
 */
export async function putPolicy<P extends PolicyProblem>(
  sql: Sql,
  writer: Writer,
  resource: string,
  text: string,
  check: CheckPolicy<P>,
  options?: WriteOptions,
): Promise<Result<PutPolicy<P>> | PolicyRefused<P>> {
  const before = await mayPut(sql, writer, resource)
  if (before !== undefined) return before
  const found = await check(text, resource)
  if (found.some((problem) => problem.severity === 'error')) return { kind: 'policy-refused', problems: found }
  return writeChange(sql, options, async (transaction, epoch) => {
    const refused = await mayPut(transaction, writer, resource)
    if (refused !== undefined) return refused
    const current = await findPolicy(transaction, resource)
    const refusal = checkPrecondition(options?.precondition, current?.version, 'policy')
    if (refusal !== undefined) return refusal
    const hash = await keepPolicyText(transaction, text)
    if (current?.hash === hash) return { kind: 'unchanged', value: { policy: current, warnings: found } }
    const number = (current?.number ?? 0) + 1
    const [row] = await transaction<[{ createdAt: Date }]>`
      insert into policy_version (resource, number, hash, version) values (${resource}, ${number}, ${hash}, ${epoch})
      returning created_at as "createdAt"`
    const policy = { resource, number, hash, text, createdAt: row.createdAt, version: epoch }
    const change = { kind: 'policy-put', entities: [policyEntity(resource)], detail: { number, hash } }
    return { kind: 'change', value: { policy, warnings: found }, change }
  })
}

async function mayPut(sql: Queryable, writer: Writer, identifier: string) {
  const resource = await findResource(sql, identifier)
  if (resource === undefined) return notFound('resource')
  return owns(writer, resource.owner) ? undefined : notOwner('resource')
}

function columns(sql: Queryable) {
  return sql`v.resource, v.number, v.hash, t.text, v.created_at as "createdAt", v.version`
}

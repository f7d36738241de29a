/** Chapter 6: the decision record. */
import { resource } from './cast.ts'
import { check, type Player, player, type Stage, say } from './stage.ts'

interface Row {
  readonly time: string
  readonly decision: string
  readonly refusal: string | null
  readonly operation: string
  readonly action: string
  readonly caller: { readonly organisation: string | null; readonly systemUser: string | null }
  readonly rules: readonly string[]
  readonly id: string
}

export async function showRecord(stage: Stage, token: string): Promise<void> {
  say('\n6. The decision record says who did what, and which rule decided')
  const owner = player(stage, 'service owner', token)
  const search = `/portvakt/v1/decisions?resource=${resource}&limit=100`
  const found = await owner('reads the record of its resource', `GET ${search}`, 200)
  const rows = [...((found.json as { data?: readonly Row[] }).data ?? [])].reverse()
  say('')
  say(`  ${'time'.padEnd(13)}${'caller'.padEnd(17)}${'operation'.padEnd(22)}${'decision'.padEnd(15)}rule`)
  for (const row of rows) {
    const caller =
      row.caller.systemUser === null ? (row.caller.organisation ?? '-') : `system ${row.caller.systemUser.slice(0, 8)}`
    const decision = row.refusal === null ? row.decision : `${row.decision} ${row.refusal}`
    say(
      `  ${row.time.slice(11, 23)} ${caller.padEnd(17)}${row.operation.padEnd(22)}${decision.padEnd(15)}${ruleOf(row.rules)}`,
    )
  }
  check(stage, 'permits and refusals are both there', new Set(rows.map(({ decision }) => decision)).size > 1)
  const refused = rows.find(({ decision, operation }) => decision !== 'Permit' && operation === 'download')
  if (refused !== undefined) await explain(owner, refused)
}

/** The rule and the policy that it stands in. */
const ruleOf = (rules: readonly string[]): string =>
  rules
    .slice(-2)
    .map((rule) => rule.replace(/^urn:portvakt:policy(set)?:/, ''))
    .join(' / ')

async function explain(owner: Player, row: Row): Promise<void> {
  const path = `/portvakt/v1/decisions/${row.id}/explanation`
  const answered = await owner('asks why a download was refused', `GET ${path}`, 200)
  const { summary } = (answered.json ?? {}) as { summary?: readonly string[] }
  for (const line of summary ?? []) say(`      ${line}`)
}

import { afterAll, describe, expect, it } from 'vitest'
import { recordMigrations } from '../../src/record/migrations.ts'
import { createRecord } from '../../src/record/record.ts'
import { withDatabase } from '../support/database.ts'
import { recorderOn } from './recorders.ts'
import { idAt, refusal, sample } from './samples.ts'

const database = withDatabase({ migrations: recordMigrations })
const at = (text: string): Date => new Date(text)
const closing: (() => Promise<void>)[] = []
afterAll(() => Promise.all(closing.map((close) => close())))

function recorder(change: Parameters<typeof recorderOn>[1] = {}) {
  const made = recorderOn(database.sql, change)
  closing.push(() => made.close())
  return made
}

async function idsFrom(time: Date): Promise<string[]> {
  const rows = await database.sql<{ id: string }[]>`
    select id from decision where date_trunc('month', time) = date_trunc('month', ${time}::timestamptz) order by time, id`
  return rows.map(({ id }) => id)
}

describe('the recorder', () => {
  it('has written what it has acknowledged', async () => {
    const now = at('2026-11-20T08:00:00Z')
    const writer = recorder()
    const ids = Array.from({ length: 1_000 }, (_, number) => idAt(now, number))
    await Promise.all(ids.map((id) => writer.decision(sample({ id, now, ...(id > ids[500]! ? { refusal } : {}) }))))
    expect(await idsFrom(now)).toEqual(ids)
    expect(writer.stats()).toMatchObject({ decisions: 1_000, pending: 0 })
    expect(writer.stats().batches).toBeLessThan(50)
  })

  it('makes months as they come, and again when one was detached', async () => {
    const writer = recorder()
    for (const time of ['2025-12-31T23:59:59.999Z', '2026-01-01T00:00:00.000Z', '2026-06-15T12:00:00.000Z'])
      await writer.decision(sample({ id: idAt(at(time), 1), now: at(time) }))
    const gone = at('2026-06-15T13:00:00.000Z')
    for (const table of ['decision', 'record_personal'])
      await database.sql.unsafe(`alter table ${table} detach partition ${table}_2026_06; drop table ${table}_2026_06`)
    await writer.decision(sample({ id: idAt(gone, 2), now: gone }))
    expect(await idsFrom(gone)).toEqual([idAt(gone, 2)])
    expect(await idsFrom(at('2025-12-31T00:00:00Z'))).toHaveLength(1)
    expect(await idsFrom(at('2026-01-01T00:00:00Z'))).toHaveLength(1)
  })

  it('writes the same record once, and refuses another under its id', async () => {
    const now = at('2026-03-01T08:00:00Z')
    const writer = recorder()
    const id = idAt(now, 1)
    await writer.decision(sample({ id, now }))
    await expect(writer.decision(sample({ id, now, resource: 'another' }))).rejects.toMatchObject({
      code: 'RECORD_REJECTED',
    })
    expect(await idsFrom(now)).toEqual([id])
  })

  it('does not let one record spoil a batch', async () => {
    const now = at('2026-04-01T08:00:00Z')
    const writer = recorder()
    const ids = Array.from({ length: 40 }, (_, number) => idAt(now, number))
    const results = await Promise.allSettled(
      [...ids, ids[7]!].map((id, number) => writer.decision(sample({ id, now, instance: String(number) }))),
    )
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    expect(await idsFrom(now)).toEqual(ids)
  })

  it('stores text that PostgreSQL cannot hold', async () => {
    const now = at('2026-05-01T08:00:00Z')
    const writer = recorder()
    const nasty = ['a\0b', '\ud800', '"{},\\', 'NULL', '', "'; drop table decision; --"]
    await Promise.all(
      nasty.map((resource, number) => writer.decision(sample({ id: idAt(now, number), now, resource }))),
    )
    const rows = await database.sql<{ resource: string }[]>`
      select resource from decision where time = ${now} order by time, id`
    expect(rows.map(({ resource }) => resource)).toEqual(['a\ufffdb', '\ufffd', ...nasty.slice(2)])
  })

  it('survives losing its connections', async () => {
    const now = at('2026-07-01T08:00:00Z')
    const pool = database.connect(4)
    const writer = recorder({ sql: pool })
    const ids = Array.from({ length: 2_000 }, (_, number) => idAt(now, number))
    const writing = Promise.all(ids.map((id) => writer.decision(sample({ id, now }))))
    for (let times = 0; times < 5; times++) {
      await database.sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and state = 'active' and query like '%insert into decision (%'
          and pid <> pg_backend_pid()`
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await writing
    expect(await idsFrom(now)).toEqual(ids)
    const [personal] = await database.sql`select count(*) as rows from record_personal_2026_07`
    expect(personal?.rows).toBe(2_000)
    await writer.close()
  })

  it('commits durably, whatever the account is set to', async () => {
    const now = at('2026-08-01T08:00:00Z')
    await database.sql.unsafe(`
      create function refuse_careless() returns trigger language plpgsql as $$ begin
        if current_setting('synchronous_commit') = 'off' then raise exception 'not durable'; end if; return null;
      end $$;
      select record_ensure_month('2026-08-01');
      create constraint trigger careful after insert on decision_2026_08 deferrable initially deferred
        for each row execute function refuse_careless();
      do $$ begin execute format('alter database %I set synchronous_commit = off', current_database()); end $$`)
    const pool = database.connect(2)
    const [setting] = await pool`show synchronous_commit`
    expect(setting).toEqual({ synchronous_commit: 'off' })
    const writer = recorder({ sql: pool })
    await writer.decision(sample({ id: idAt(now, 1), now }))
    await writer.close()
    expect(await idsFrom(now)).toHaveLength(1)
  })

  it('records outcomes, once each', async () => {
    const moment = at('2026-11-20T08:00:05.001Z')
    const writer = recorder()
    const decisionId = idAt(moment, 1)
    const outcome = { decisionId, at: moment, status: 200, bytes: 5_000_000_000 }
    const failure = {
      decisionId,
      at: at('2026-11-20T08:00:06Z'),
      status: 500,
      code: 'PVK-00011',
      error: 'lost\0',
    } as const
    expect(await Promise.all([outcome, outcome, failure].map(writer.outcome))).toEqual([true, true, true])
    const rows = await database.sql`
      select status, code, bytes, error from decision_outcome where decision_id = ${decisionId} order by at`
    expect(rows).toEqual([
      { status: 200, code: null, bytes: 5_000_000_000, error: null },
      { status: 500, code: 'PVK-00011', bytes: null, error: 'lost\ufffd' },
    ])
  })

  it('refuses after it was closed, and counts it', async () => {
    const now = at('2026-11-20T09:00:00Z')
    const writer = recorder()
    await writer.close()
    await expect(writer.decision(sample({ id: idAt(now, 1), now }))).rejects.toMatchObject({ code: 'RECORD_CLOSED' })
    expect(await writer.outcome({ decisionId: idAt(now, 1), at: now, status: 200 })).toBe(false)
    expect(writer.stats()).toMatchObject({ failed: { RECORD_CLOSED: 1 }, lostOutcomes: 1 })
  })
})

describe('the step', () => {
  const now = at('2026-09-01T08:00:00Z')
  const enforced = sample({ id: idAt(now, 1), now })

  it('returns when the decision is durable', async () => {
    const record = createRecord({ recorder: recorder(), allowUnrecordedDecisions: false, onUnrecorded: () => {} })
    expect(await record(enforced)).toEqual({ kind: 'recorded', enforced, durable: true })
    expect(await idsFrom(now)).toHaveLength(1)
  })

  it('throws when it is not, unless the operator has chosen otherwise', async () => {
    const closed = recorder()
    await closed.close()
    const told: string[] = []
    const onUnrecorded = (id: string) => void told.push(id)
    const strict = createRecord({ recorder: closed, allowUnrecordedDecisions: false, onUnrecorded })
    await expect(strict(enforced)).rejects.toMatchObject({ name: 'RecordError' })
    const lax = createRecord({ recorder: closed, allowUnrecordedDecisions: true, onUnrecorded })
    expect(await lax(enforced)).toMatchObject({ durable: false })
    expect(told).toEqual([idAt(now, 1)])
  })
})

describe('what is recorded', () => {
  const now = at('2026-10-01T08:00:00Z')
  const statements = [
    'decision',
    'decision_2026_10',
    'decision_outcome',
    'decision_outcome_2026_10',
    'record_frame',
  ].flatMap((table) => [`delete from ${table}`, `truncate ${table}`, `update ${table} set hash = ''`])

  it.each(statements)('is insert only: %s', async (statement) => {
    const writer = recorder()
    const id = idAt(now, statements.indexOf(statement))
    await writer.decision(sample({ id, now }))
    await writer.outcome({ decisionId: id, at: now, status: 200 })
    await expect(database.sql.unsafe(statement)).rejects.toThrow('the decision record is insert only')
    const replica = `begin; set local session_replication_role = replica; ${statement}; commit`
    const connection = await database.sql.reserve()
    await expect(connection.unsafe(replica)).rejects.toThrow('the decision record is insert only')
    await connection.unsafe('rollback')
    connection.release()
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '#src/lib/id.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { sql, type Tx } from './sql.ts'

let db: TestDatabase
const organization = newId<'organization'>()

beforeAll(async () => {
  db = await createTestDatabase({ poolSize: 20 })
  await db.admin.query(`create table tally (name text primary key, n int not null check (n < 1000)); grant all on tally to "${db.roles.app}"`)
  await db.admin.query(`insert into tally values ('a', 0), ('b', 0)`)
})
afterAll(() => db.drop())

const inTransaction = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => db.database.inTransaction(organization, work)
const increase = (tx: Tx, name: string): Promise<number> => tx.run(sql`update tally set n = n + 1 where name = ${name}`)
const count = async (name: string): Promise<number> => (await db.admin.query<{ n: number }>('select n from tally where name = $1', [name])).rows[0]?.n ?? -1
const fail = (tx: Tx, code: string, constraint = ''): Promise<number> => tx.run({ text: `do $$ begin raise exception 'on purpose' using errcode = '${code}', constraint = '${constraint}'; end $$`, values: [] })

describe('a transaction', () => {
  test('commits what its work did, for the organisation it was asked for', async () => {
    const before = await count('a')
    const seen = await inTransaction(async (tx) => {
      await increase(tx, 'a')
      return tx.row<{ organization: string }>(sql`select current_setting('app.organization_id') as organization`)
    })
    expect(seen?.organization).toBe(organization)
    expect(await count('a')).toBe(before + 1)
  })

  test('takes everything back when its work throws', async () => {
    const before = await count('a')
    await expect(inTransaction(async (tx) => {
      await increase(tx, 'a')
      throw new Error('second thoughts')
    })).rejects.toThrow('second thoughts')
    expect(await count('a')).toBe(before)
  })

  test('does not pretend to have committed where a failed statement was swallowed', async () => {
    const before = await count('a')
    await expect(inTransaction(async (tx) => {
      await increase(tx, 'a')
      await fail(tx, '22000').catch(() => {})
    })).rejects.toThrow('rolled back')
    expect(await count('a')).toBe(before)
  })

  test('lets statements travel together, and tells which one failed', async () => {
    await expect(inTransaction((tx) => Promise.all([increase(tx, 'a'), fail(tx, '22012'), increase(tx, 'b')]))).rejects.toMatchObject({ code: '22012' })
    const both = await inTransaction((tx) => Promise.all([increase(tx, 'a'), increase(tx, 'b')]))
    expect(both).toEqual([1, 1])
  })

  test('commits what nobody waited for', async () => {
    const before = await count('a')
    await inTransaction(async (tx) => tx.later(sql`update tally set n = n + 1 where name = 'a'`))
    expect(await count('a')).toBe(before + 1)
  })

  test.for([
    ['right before COMMIT', async () => {}],
    ['with statements after it', (tx: Tx) => increase(tx, 'b')],
    ['with second thoughts after it', async () => { throw new Error('second thoughts') }],
  ] as const)('tells that what nobody waited for failed: %s', async ([, afterwards]) => {
    const before = await count('a')
    await expect(inTransaction(async (tx) => {
      await increase(tx, 'a')
      tx.later(sql`update tally set n = 1000 where name = 'a'`)
      await afterwards(tx)
    })).rejects.toMatchObject({ code: '23514', constraint: 'tally_n_check' })
    expect(await count('a')).toBe(before)
  })

  test('runs again where what nobody waited for lost a race', async () => {
    let attempts = 0
    await inTransaction(async (tx) => {
      attempts += 1
      if (attempts === 1) tx.later({ text: `do $$ begin raise exception 'on purpose' using errcode = '40001'; end $$`, values: [] })
    })
    expect(attempts).toBe(2)
  })

  test('refuses a second transaction inside itself, and a statement after its end', async () => {
    await expect(inTransaction(() => inTransaction((tx) => increase(tx, 'a')))).rejects.toThrow('inside a transaction')
    let kept: Tx | undefined
    await inTransaction(async (tx) => {
      kept = tx
    })
    await expect(kept?.row(sql`select 1`)).rejects.toThrow('over')
  })

  test('refuses an organisation that is no id, before anything is sent', async () => {
    await expect(db.database.inTransaction(`x'; drop table tally; --` as never, async () => 1)).rejects.toThrow('not an organisation')
  })

  test('as a snapshot sees one moment and writes nothing', async () => {
    const reading = db.database.inTransaction(organization, async (tx) => {
      const first = await tx.row<{ n: number }>(sql`select n from tally where name = 'b'`)
      await db.admin.query(`update tally set n = n + 1 where name = 'b'`)
      const second = await tx.row<{ n: number }>(sql`select n from tally where name = 'b'`)
      return [first?.n, second?.n]
    }, { snapshot: true })
    const [first, second] = await reading
    expect(second).toBe(first)
    await expect(db.database.inTransaction(organization, (tx) => increase(tx, 'b'), { snapshot: true })).rejects.toMatchObject({ code: '25006' })
  })
})

describe('a lost race', () => {
  test('opposed locks end in a deadlock that nobody sees: both do their work', async () => {
    const [a, b] = [await count('a'), await count('b')]
    let waiting = 0
    let release = (): void => {}
    const met = new Promise<void>((resolve) => (release = resolve))
    const meet = async (): Promise<void> => {
      waiting += 1
      if (waiting === 2) release()
      if (waiting <= 2) await met
    }
    const cross = (first: string, second: string): Promise<void> => inTransaction(async (tx) => {
      await increase(tx, first)
      await meet()
      await increase(tx, second)
    })
    await Promise.all([cross('a', 'b'), cross('b', 'a')])
    expect(waiting).toBeGreaterThan(2)
    expect([await count('a'), await count('b')]).toEqual([a + 2, b + 2])
  })

  test.each([['40001', ''], ['40P01', ''], ['23505', 'command_pkey']])('%s %s is run again', async (code, constraint) => {
    let tries = 0
    await inTransaction(async (tx) => {
      tries += 1
      if (tries < 4) await fail(tx, code, constraint)
    })
    expect(tries).toBe(4)
  })

  test('is not run again for ever', async () => {
    let tries = 0
    await expect(inTransaction((tx) => fail(tx, '40001', String((tries += 1))))).rejects.toMatchObject({ code: '40001' })
    expect(tries).toBe(12)
  })

  test('any other broken constraint is thrown at once', async () => {
    let tries = 0
    await expect(inTransaction((tx) => fail(tx, '23505', `lot_code_pkey${(tries += 1) && ''}`))).rejects.toMatchObject({ constraint: 'lot_code_pkey' })
    expect(tries).toBe(1)
  })
})

describe('a dead connection', () => {
  test('that died idle is replaced: the work is done', async () => {
    await Promise.all(Array.from({ length: 20 }, () => inTransaction((tx) => tx.row(sql`select pg_sleep(0.01)`))))
    await db.admin.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [db.roles.app])
    const done = await Promise.all(Array.from({ length: 40 }, () => inTransaction((tx) => tx.row<{ n: number }>(sql`select 1 as n`))))
    expect(done.every((row) => row?.n === 1)).toBe(true)
  })

  test('that died in the middle is run again from the start, once done', async () => {
    const before = await count('a')
    let tries = 0
    await inTransaction(async (tx) => {
      tries += 1
      await increase(tx, 'a')
      if (tries > 1) return
      const { pid } = (await tx.row<{ pid: number }>(sql`select pg_backend_pid() as pid`)) ?? {}
      await db.admin.query('select pg_terminate_backend($1)', [pid])
      await tx.row(sql`select pg_sleep(1)`)
    })
    expect(tries).toBe(2)
    expect(await count('a')).toBe(before + 1)
  })
})

test('one statement prepared under one name serves many parallel transactions, also after it failed', async () => {
  const put = (n: number): Promise<number> => inTransaction((tx) => tx.run(sql`update tally set n = ${n}::int where name = 'a'`))
  const outcomes = await Promise.allSettled(Array.from({ length: 200 }, (_, at) => put(at % 3 === 0 ? 2000 : 5)))
  expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(67)
  expect(await count('a')).toBe(5)
})

test('exact values come back as texts, instants as RFC 3339 in UTC', async () => {
  const row = await inTransaction((tx) => tx.row(sql`
    select 9007199254740993::int8 as int8, 0.100000000000000000001::numeric as numeric, '2026-02-28'::date as date, array[1.10]::numeric[] as numerics, array[9007199254740993]::int8[] as int8s,
           array['2026-02-28'::date, null] as dates, '2026-11-23T18:00:00.123+01'::timestamptz as millis, '2026-11-23T17:00:00Z'::timestamptz as whole, '2026-11-23T17:00:00.123456Z'::timestamptz as micros,
           array['2026-11-23T17:00:00Z'::timestamptz] as instants, 3::int4 as int4, true as yes, '{"a": 1}'::jsonb as json`))
  expect(row).toEqual({
    int8: '9007199254740993', numeric: '0.100000000000000000001', date: '2026-02-28', numerics: ['1.10'], int8s: ['9007199254740993'],
    dates: ['2026-02-28', null], millis: '2026-11-23T17:00:00.123Z', whole: '2026-11-23T17:00:00.000Z', micros: '2026-11-23T17:00:00.123456Z',
    instants: ['2026-11-23T17:00:00.000Z'], int4: 3, yes: true, json: { a: 1 },
  })
})

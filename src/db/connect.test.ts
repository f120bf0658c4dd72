import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId, type OrganizationId } from '#src/lib/id.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { sql } from './sql.ts'

let db: TestDatabase
const ours = newId<'organization'>()
const theirs = newId<'organization'>()

beforeAll(async () => {
  db = await createTestDatabase()
  const owner = new pg.Client(db.configs.owner)
  await owner.connect()
  await owner.query(`
    create table parcel (organization_id uuid not null, parcel_id uuid not null, weight numeric(27,9) not null, primary key (organization_id, parcel_id));
    alter table parcel enable row level security;
    alter table parcel force row level security;
    create policy parcel_of_organization on parcel using (organization_id = (select current_setting('app.organization_id', true)::uuid));
    grant select, insert, update on parcel to "${db.roles.app}"`)
  await owner.end()
})
afterAll(() => db.drop())

const add = (organization: OrganizationId, of = organization): Promise<number> =>
  db.database.inTransaction(organization, (tx) => tx.run(sql`insert into parcel values (${of}, ${newId()}, ${'1.5'})`))

describe('an organisation and its neighbour', () => {
  test('the app sees the rows of the organisation it works for, and no others', async () => {
    await add(ours)
    await add(theirs)
    const seen = await db.database.inTransaction(ours, (tx) => tx.rows<{ organization_id: string }>(sql`select organization_id from parcel`))
    expect(new Set(seen.map((row) => row.organization_id))).toEqual(new Set([ours]))
    const { rows } = await db.admin.query<{ n: string }>('select count(*) as n from parcel')
    expect(Number(rows[0]?.n)).toBeGreaterThanOrEqual(2)
  })

  test('the app cannot write a row for another organisation', async () => {
    await expect(add(ours, theirs)).rejects.toMatchObject({ code: '42501' })
  })

  test('outside a transaction the app is given nothing', async () => {
    await add(ours)
    const unset = new pg.Client(db.configs.app)
    await unset.connect()
    expect((await unset.query('select from parcel')).rowCount).toBe(0)
    await unset.end()
    // a connection that had an organisation keeps the setting as '', which is no uuid
    await expect(db.appPool.query('select from parcel')).rejects.toMatchObject({ code: '22P02' })
  })
})

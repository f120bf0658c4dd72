import { expect, test } from 'vitest'
import { join, sql } from './sql.ts'

test('values become parameters and the text has a name of its own', () => {
  const make = (lot: string) => sql`select * from lot where code = ${lot} and archived_at is null`
  const first = make('A12')
  expect(first).toMatchObject({ text: 'select * from lot where code = $1 and archived_at is null', values: ['A12'] })
  expect(first.name).toBeDefined()
  expect(make("A'; drop table lot").name).toBe(first.name)
})

test('fragments are spliced in, renumbered, and such a text is not prepared', () => {
  const filters = join([sql`product_id = ${'p'}`, sql`place_id = any(${['x']})`], ' and ')
  const statement = sql`select * from balance where organization_id = ${'o'} and ${filters} limit ${10}`
  expect(statement).toMatchObject({ text: 'select * from balance where organization_id = $1 and product_id = $2 and place_id = any($3) limit $4', values: ['o', 'p', ['x'], 10] })
  expect(statement.name).toBeUndefined()
})

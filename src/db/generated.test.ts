import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { dumpSchema, dumpTypes } from './dump-schema.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

const read = (name: string): string => readFileSync(join(import.meta.dirname, '..', '..', 'db', name), 'utf8').replaceAll('\r\n', '\n')

test('db/schema.sql is what the migrations make, on whichever server: else run npm run gen', async () => {
  expect(await dumpSchema(db.admin, db.roles)).toBe(read('schema.sql'))
})

test('db/types.ts is what the migrations make, on whichever server: else run npm run gen', async () => {
  expect(await dumpTypes(db.admin)).toBe(read('types.ts'))
})

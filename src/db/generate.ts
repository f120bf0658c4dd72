/** `npm run gen`: writes db/schema.sql and db/types.ts from the migrations, on a server in a temporary folder, and REFUSALS.md from the catalogue and the tests. */
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { refusalsPage } from '#src/lib/refusals-page.ts'
import { connect } from './connect.ts'
import { dumpSchema, dumpTypes } from './dump-schema.ts'

const folder = mkdtempSync(join(tmpdir(), 'lotwise-gen-'))
chmodSync(folder, 0o711)
try {
  const connection = await connect({ dataFolder: join(folder, 'data'), name: 'npm run gen' })
  const client = new pg.Client(connection.configs.owner)
  await client.connect()
  const target = join(import.meta.dirname, '..', '..', 'db')
  writeFileSync(join(target, 'schema.sql'), await dumpSchema(client, connection.roles))
  writeFileSync(join(target, 'types.ts'), await dumpTypes(client))
  await client.end()
  await connection.close()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

const root = join(import.meta.dirname, '..', '..')
const tests = globSync(['src/**/*.test.ts', 'test/**/*.test.ts', 'test/scenarios/*.ts'], { cwd: root }).map((path) => path.replaceAll('\\', '/'))
writeFileSync(join(root, 'REFUSALS.md'), refusalsPage([...new Set(tests)].sort().map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))))

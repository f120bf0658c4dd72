// The PostgreSQL server at 127.0.0.1:5432, where one lets us in as a superuser: prints its version, or with --url its URL.
import pg from 'pg'

for (const user of ['root', 'postgres', 'postgres:postgres']) {
  const url = `postgres://${user}@127.0.0.1:5432/postgres`
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query("select current_setting('server_version') as version, current_setting('server_version_num')::int as number, rolsuper from pg_roles where rolname = current_user")
    if (!rows[0].rolsuper || rows[0].number < 150_000) continue
    console.log(process.argv[2] === '--url' ? url : rows[0].version)
    process.exit(0)
  } catch {
    // nobody there, or not for this user
  } finally {
    await client.end().catch(() => {})
  }
}
process.exit(1)

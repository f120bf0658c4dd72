import pg from 'pg'

/** What came of a purge: the rows deleted, or why nothing was. */
export type Purged = { readonly rows: number } | 'unknown' | 'not_demo'

/**
 * Deletes every row of a demo company, in one transaction of the maintenance role: the only DELETE there is. The database
 * lets that role delete of demo companies only. People who belonged to it stay: they may belong elsewhere.
 */
export async function purgeOrganization(maintenance: pg.PoolConfig, organizationId: string): Promise<Purged> {
  const client = new pg.Client(maintenance)
  client.on('error', () => {})
  await client.connect()
  try {
    await begin(client, organizationId)
    const { rows } = await client.query<{ demo: boolean }>('select demo from organization where organization_id = $1', [organizationId])
    const refused = rows[0] === undefined ? 'unknown' : rows[0].demo ? undefined : 'not_demo'
    if (refused) {
      await client.query('rollback')
      return refused
    }
    const tables = await tablesInOrder(client)
    const deleted = await deleteFrom(client, tables, organizationId)
    await client.query('commit')
    // a command that was on its way meanwhile may have written after us; nobody can begin another
    await begin(client, organizationId)
    const late = await deleteFrom(client, tables, organizationId)
    await client.query('commit')
    return { rows: deleted + late }
  } finally {
    await client.end().catch(() => {})
  }
}

async function begin(client: pg.Client, organizationId: string): Promise<void> {
  await client.query('begin')
  await client.query("select set_config('app.organization_id', $1, true)", [organizationId])
}

async function deleteFrom(client: pg.Client, tables: readonly string[], organizationId: string): Promise<number> {
  let deleted = 0
  for (const table of tables) deleted += (await client.query(`delete from ${table} where organization_id = $1`, [organizationId])).rowCount ?? 0
  return deleted
}

/** Every table of organisations, as SQL names it; what refers to another before it, `organization` last: it tells that this is a demo company. */
async function tablesInOrder(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ table: string; refers_to: string[] }>(`
    select quote_ident(c.relname) as table,
           array(select quote_ident(t.relname) from pg_constraint f join pg_class t on t.oid = f.confrelid where f.conrelid = c.oid and f.contype = 'f' and t.oid <> c.oid) as refers_to
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by c.relname`)
  const order: string[] = []
  const left = new Map(rows.map((row) => [row.table, row]))
  while (left.size > 0) {
    // what nothing that is left refers to; the organisation only when it is alone
    const next = [...left.keys()].filter((table) => ![...left.values()].some((row) => row.refers_to.includes(table)) && (table !== 'organization' || left.size === 1))
    if (next.length === 0) throw new Error(`tables refer to each other in a circle: ${[...left.keys()].join(', ')}`)
    for (const table of next) {
      order.push(table)
      left.delete(table)
    }
  }
  return order
}

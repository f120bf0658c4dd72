import { sql, type Statement } from '#src/db/sql.ts'

/** The name that a person or an API key goes by today, of the column its id stands in; null for the product itself. `actorName(sql\`h.organization_id\`, sql\`h.placed_by\`)` */
export function actorName(organizationId: Statement, id: Statement): Statement {
  return sql`coalesce((select who.name from person who where who.organization_id = ${organizationId} and who.user_id = ${id}), (select k.name from api_key k where k.organization_id = ${organizationId} and k.api_key_id::text = ${id}))`
}

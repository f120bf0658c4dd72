import type { z } from 'zod'
import { checkVersion, type CommandCaller } from '#src/audit/caller.ts'
import { runCommand } from '#src/audit/command.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import { uniquely } from '#src/db/unique.ts'
import { toGtin14 } from '#src/gs1/keys.ts'
import { fold } from '#src/lib/fold.ts'
import { newId, type OrganizationId } from '#src/lib/id.ts'
import { trimQuantity } from '#src/lib/quantity.ts'
import { refuse } from '#src/lib/refusal.ts'
import type * as contract from './contract.ts'
import { checkParty, checkUoms, lockProducts } from './products.ts'

/**
 * A code that leads to the product. A GTIN is kept as 14 digits and leads to one product of the organisation while it is
 * in use; the code of a party leads to one product for that party. Its pack quantity is what is given, else the
 * conversion of its unit of measure, else 1.
 */
export function addAlias(caller: CommandCaller, productId: string, body: z.output<typeof contract.addAlias.body>) {
  return runCommand(caller.context, { name: 'product.alias.add', input: { productId, ...body } }, async (scope) => {
    const { tx, organizationId, recordedAt } = scope
    const [product] = await lockProducts(tx, organizationId, [productId])
    if (!product) throw refuse('not_found', { what: 'product', which: productId })
    if (product.merged_into) throw refuse('merged_already', { which: product.sku, into: product.merged_into })
    const { scheme, level, uom, partyId } = body
    const code = scheme === 'gtin' ? toGtin14(body.code) : body.code
    if (code === undefined) throw refuse('gtin_check_digit', { gtin: body.code })
    if (uom !== undefined) await checkUoms(tx, organizationId, [uom])
    if (partyId !== undefined) await checkParty(tx, organizationId, partyId)
    const packQuantity = body.packQuantity ?? (uom === undefined || uom === product.base_uom ? '1' : await contentOf(tx, organizationId, productId, uom))
    const taken = await tx.row<{ sku: string }>(sql`
      select p.sku from alias a join product p using (organization_id, product_id)
      where a.organization_id = ${organizationId} and a.folded = ${fold(code)} and a.code = ${code} and a.scheme = ${scheme} and a.archived_at is null
        and (a.scheme = 'gtin' or a.party_id is not distinct from ${partyId ?? null}::uuid) and (a.scheme <> 'old' or a.product_id = ${productId}) limit 1`)
    const refused = () => (scheme === 'gtin' ? refuse('gtin_taken', { gtin: body.code, product: taken?.sku ?? '' }) : refuse('code_taken', { code, by: taken?.sku ?? '' }))
    if (taken) throw refused()
    const aliasId = newId<'alias'>()
    await uniquely(() => tx.run(sql`
      insert into alias (organization_id, alias_id, scheme, code, folded, party_id, product_id, uom, pack_quantity, level, created_at)
      values (${organizationId}, ${aliasId}, ${scheme}, ${code}, ${fold(code)}, ${partyId ?? null}, ${productId}, ${uom ?? null}, ${packQuantity}, ${level ?? null}, ${recordedAt})`),
      { alias_gtin: refused, alias_once: refused })
    scope.changed({ subject: 'product', subjectId: productId, before: null, after: { alias: { aliasId, scheme, code, partyId: partyId ?? null, uom: uom ?? null, packQuantity, level: level ?? null } } })
    scope.happened({ type: 'product.changed.v1', subjectIds: [productId], data: {} })
    return { aliasId, productId, code, version: 1 }
  })
}

/** Base units in one of a unit of measure. Refuses `uom_unknown` where the product states no conversion that comes out exactly. */
async function contentOf(tx: Tx, organizationId: OrganizationId, productId: string, uom: string): Promise<string> {
  const row = await tx.row<{ content: string; exact: boolean }>(sql`
    select round(numerator / denominator, 9) as content, round(numerator / denominator, 9) * denominator = numerator as exact
    from product_uom where organization_id = ${organizationId} and product_id = ${productId} and uom = ${uom}`)
  if (!row?.exact) throw refuse('uom_unknown', { uom })
  return trimQuantity(row.content)
}

/** A code leads nowhere from now on, and is free again. */
export function archiveAlias(caller: CommandCaller, aliasId: string, reason: string | undefined) {
  return runCommand(caller.context, { name: 'product.alias.archive', input: { aliasId }, reason }, async (scope) => {
    const { tx, organizationId, recordedAt } = scope
    const alias = await tx.row<{ product_id: string; scheme: string; code: string; version: number; archived_at: string | null }>(sql`
      select product_id, scheme, code, version, archived_at from alias where organization_id = ${organizationId} and alias_id = ${aliasId} for update`)
    if (!alias) throw refuse('not_found', { what: 'code', which: aliasId })
    checkVersion(caller, alias.version, 'code', alias.code)
    if (alias.archived_at !== null) return { aliasId, version: alias.version }
    await tx.run(sql`update alias set archived_at = ${recordedAt}, version = version + 1 where organization_id = ${organizationId} and alias_id = ${aliasId}`)
    scope.changed({ subject: 'product', subjectId: alias.product_id, before: { alias: { aliasId, scheme: alias.scheme, code: alias.code } }, after: null })
    scope.happened({ type: 'product.changed.v1', subjectIds: [alias.product_id], data: {} })
    return { aliasId, version: alias.version + 1 }
  })
}

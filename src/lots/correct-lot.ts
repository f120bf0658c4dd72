import type { z } from 'zod'
import { checkVersion, type CommandCaller } from '#src/audit/caller.ts'
import { runCommand, type CommandScope } from '#src/audit/command.ts'
import { difference } from '#src/audit/difference.ts'
import { resolveProducts } from '#src/catalog/resolve.ts'
import { sql } from '#src/db/sql.ts'
import { uniquely } from '#src/db/unique.ts'
import { fold } from '#src/lib/fold.ts'
import { given, must } from '#src/lib/given.ts'
import type { FamilyId, LotId, PartyId, ProductId } from '#src/lib/id.ts'
import { refuse } from '#src/lib/refusal.ts'
import type { PlainDate } from '#src/lib/time.ts'
import { resolveParties } from '#src/network/resolve.ts'
import { unknownPartyId } from '#src/network/system.ts'
import { writtenProperties, type PropertyValues } from '#src/properties/properties.ts'
import type * as contract from './contract.ts'
import { checkLotCode, meetFamilies, meetLots } from './register-lot.ts'

interface LotRow {
  lot_id: LotId
  product_id: ProductId
  issuer_id: PartyId
  code: string
  family_id: FamilyId | null
  made_on: PlainDate | null
  best_by: PlainDate | null
  sell_by: PlainDate | null
  use_by: PlainDate | null
  expires_on: PlainDate | null
  properties: PropertyValues
  version: number
}

interface LotChanged {
  lotId: string
  version: number
}

/** Makes a lot known before there is any of it. Without an issuer it is the unknown party's. */
export function registerLot(caller: CommandCaller, body: z.output<typeof contract.registerLot.body>) {
  return runCommand<LotChanged>(caller.context, { name: 'lot.register', input: body }, async (scope) => {
    const { tx, organizationId } = scope
    const [product] = await resolveProducts(tx, organizationId, [body.product])
    const productId = must(product, 'the product').productId
    const known = await tx.row(sql`select from product where organization_id = ${organizationId} and product_id = ${productId} and merged_into is null`)
    if (!known) throw refuse('product_unknown', { product: productId })
    const [issuer] = body.issuer === undefined ? [] : await resolveParties(tx, organizationId, [body.issuer])
    if (issuer !== undefined) await checkIssuer(scope, issuer)
    const issuerId = issuer ?? unknownPartyId(organizationId)
    const [lotId] = await meetLots(scope, [{ productId, code: body.code, issuerId, create: issuerId, dates: body.dates, properties: body.properties, familyCode: body.family }])
    const row = await tx.row<{ version: number }>(sql`select version from lot where organization_id = ${organizationId} and lot_id = ${lotId}`)
    return { lotId: must(lotId, 'the lot'), version: must(row, 'the lot').version }
  })
}

/** Refuses `party_unknown`. */
async function checkIssuer({ tx, organizationId }: CommandScope, issuer: PartyId): Promise<void> {
  const known = await tx.row(sql`select from party where organization_id = ${organizationId} and party_id = ${issuer} and merged_into is null`)
  if (!known) throw refuse('party_unknown', { party: issuer })
}

/** Corrects what is named; a replaced code is kept as an old one, so that the label out there still leads here. */
export function correctLot(caller: CommandCaller, lotId: string, body: z.output<typeof contract.correctLot.body>) {
  const { reason, ...wanted } = body
  return changing(caller, 'lot.correct', lotId, wanted, reason, async (scope, before) => {
    const { code, family, properties, ...dates } = given(wanted)
    const familyId = family === undefined ? before.family_id : family === null ? null : must((await meetFamilies(scope, [family])).get(family), 'the family')
    const after: LotRow = {
      ...before, code: code ?? before.code, family_id: familyId,
      made_on: pick(dates.madeOn, before.made_on), best_by: pick(dates.bestBy, before.best_by), sell_by: pick(dates.sellBy, before.sell_by), use_by: pick(dates.useBy, before.use_by),
      expires_on: pick(dates.expiresOn, before.expires_on), properties: await writtenProperties(scope.tx, scope.organizationId, 'lot', before.properties, properties),
    }
    if (after.code !== before.code) {
      checkLotCode(after.code)
      await takeCodes(scope, before, after.issuer_id, [after.code], [before.code])
    }
    return after
  })
}

function pick<T>(wanted: T | undefined, before: T): T {
  return wanted === undefined ? before : wanted
}

/**
 * The maker of a lot is learnt after it was received under its supplier or the unknown party: its codes are the maker's
 * from now on, and what it was received as still leads here. Refuses `lot_code_taken` with the lot that is known under
 * the maker already: the two may be one, which a merge says, never this.
 */
export function learnIssuer(caller: CommandCaller, lotId: string, body: z.output<typeof contract.learnIssuer.body>) {
  return changing(caller, 'lot.issuer', lotId, { issuer: body.issuer }, body.reason, async (scope, before) => {
    const [resolved] = await resolveParties(scope.tx, scope.organizationId, [body.issuer])
    const issuer = must(resolved, 'the issuer')
    await checkIssuer(scope, issuer)
    if (issuer === before.issuer_id) return before
    const codes = await scope.tx.rows<{ code: string }>(sql`
      select code from lot_code where organization_id = ${scope.organizationId} and lot_id = ${lotId} and issuer_id = ${before.issuer_id} and kind = 'issued' order by code`)
    const issued = codes.map(({ code }) => code)
    await takeCodes(scope, before, issuer, issued, issued)
    return { ...before, issuer_id: issuer }
  })
}

/** The lot takes codes under an issuer; codes under its issuer until now become old ones. */
async function takeCodes(scope: CommandScope, lot: LotRow, issuer: PartyId, codes: readonly string[], old: readonly string[]): Promise<void> {
  const { tx, organizationId, recordedAt } = scope
  const taken = await tx.row<{ code: string; other: string }>(sql`
    select c.code, coalesce(l.merged_into, l.lot_id) as other from lot_code c join lot l using (organization_id, lot_id)
    where c.organization_id = ${organizationId} and c.product_id = ${lot.product_id} and c.issuer_id = ${issuer} and c.code = any(${codes}::text[]) and coalesce(l.merged_into, l.lot_id) <> ${lot.lot_id}
    order by c.code limit 1`)
  if (taken) throw refuse('lot_code_taken', { lot: taken.code, other: taken.other })
  await tx.run(sql`
    update lot_code set kind = 'old' where organization_id = ${organizationId} and lot_id = ${lot.lot_id} and product_id = ${lot.product_id} and issuer_id = ${lot.issuer_id} and code = any(${old}::text[])`)
  await uniquely(() => tx.run(sql`
    insert into lot_code (organization_id, product_id, issuer_id, code, folded, lot_id, created_at)
    select ${organizationId}, ${lot.product_id}, ${issuer}, a.code, a.folded, ${lot.lot_id}, ${recordedAt} from unnest(${codes}::text[], ${codes.map(fold)}::text[]) as a (code, folded)
    where not exists (select from lot_code c where c.organization_id = ${organizationId} and c.product_id = ${lot.product_id} and c.issuer_id = ${issuer} and c.code = a.code)`), {
    lot_code_pkey: () => refuse('lot_code_taken', { lot: codes[0] ?? '', other: 'that was made at this moment' }),
  })
  await tx.run(sql`
    update lot_code set kind = 'issued' where organization_id = ${organizationId} and product_id = ${lot.product_id} and issuer_id = ${issuer} and code = any(${codes}::text[]) and kind = 'old'`)
}

/** One command that changes one lot: lock, version, rules, row, audit, event. */
function changing(caller: CommandCaller, name: string, lotId: string, input: object, reason: string | undefined, change: (scope: CommandScope, before: LotRow) => Promise<LotRow>) {
  return runCommand<LotChanged>(caller.context, { name, input: { lotId, ...input }, reason }, async (scope) => {
    const { tx, organizationId } = scope
    const row = await tx.row<Omit<LotRow, 'code' | 'issuer_id'> & { code: string | null; issuer_id: PartyId | null; merged_into: string | null }>(sql`
      select * from lot where organization_id = ${organizationId} and lot_id = ${lotId} for update`)
    if (!row) throw refuse('not_found', { what: 'lot', which: lotId })
    if (row.code === null || row.issuer_id === null) throw refuse('lot_hidden')
    if (row.merged_into) throw refuse('merged_already', { which: row.code, into: row.merged_into })
    checkVersion(caller, row.version, 'lot', row.code)
    const before: LotRow = { ...row, code: row.code, issuer_id: row.issuer_id }
    return writeLot(scope, before, await change(scope, before))
  })
}

async function writeLot(scope: CommandScope, before: LotRow, after: LotRow): Promise<LotChanged> {
  const { tx, organizationId } = scope
  const { lot_id: lotId, version } = before
  await tx.run(sql`
    update lot set issuer_id = ${after.issuer_id}, code = ${after.code}, family_id = ${after.family_id}, made_on = ${after.made_on}, best_by = ${after.best_by}, sell_by = ${after.sell_by}, use_by = ${after.use_by},
      expires_on = ${after.expires_on}, properties = ${JSON.stringify(after.properties)}::jsonb, version = ${version + 1}
    where organization_id = ${organizationId} and lot_id = ${lotId}`)
  scope.changed({ subject: 'lot', subjectId: lotId, ...difference(told(before), told(after)) })
  scope.happened({ type: 'lot.changed.v1', subjectIds: [lotId], data: {} })
  return { lotId, version: version + 1 }
}

function told(row: LotRow) {
  return {
    code: row.code, issuerId: row.issuer_id, familyId: row.family_id, madeOn: row.made_on, bestBy: row.best_by, sellBy: row.sell_by, useBy: row.use_by, expiresOn: row.expires_on, properties: row.properties,
  }
}

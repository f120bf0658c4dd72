import { actorName } from '#src/audit/actor-name.ts'
import type { Caller, CommandCaller } from '#src/audit/caller.ts'
import { runCommand, type CommandOutcome, type CommandScope } from '#src/audit/command.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import { raiseExceptions } from '#src/exceptions/exceptions.ts'
import { newId, type OrganizationId } from '#src/lib/id.ts'
import { decodeCursor, toPage, type Page } from '#src/lib/paging.ts'
import { refuse } from '#src/lib/refusal.ts'
import type { Instant } from '#src/lib/time.ts'
import { rebuildOrganization, type Rebuilt } from './rebuild.ts'
import type { Freeze, Verification } from './contract.ts'
import { verifyOrganization, type Finding } from './verify.ts'

/**
 * Verifies the organisation and keeps what came of it. Each product and lot of a confirmed break is frozen for posting
 * (once, while it is frozen), with an exception for a person and the event `stock.frozen.v1` for whoever watches.
 */
export async function verifyAndRecord(caller: CommandCaller): Promise<CommandOutcome<Verification>> {
  const startedAt = caller.clock()
  const { ok, findings } = await verifyOrganization(caller.database, caller.organizationId)
  return runCommand(caller.context, { name: 'stock.verify', input: {} }, async (scope) => {
    const verificationId = newId()
    const finishedAt = scope.recordedAt
    await scope.tx.run(sql`
      insert into verification (organization_id, verification_id, started_at, finished_at, ok, findings)
      values (${scope.organizationId}, ${verificationId}, ${startedAt}, ${finishedAt}, ${ok}, ${JSON.stringify(findings)}::jsonb)`)
    scope.changed({ subject: 'verification', subjectId: verificationId, before: null, after: { ok, findings: findings.length } })
    scope.happened({ type: 'stock.verified.v1', subjectIds: [verificationId], data: { ok, findings: findings.length } })
    const freezeIds = await freeze(scope, findings)
    return { verificationId, startedAt, finishedAt, ok, findings: [...findings], freezeIds }
  })
}

/** Freezes the products and lots of findings that are not frozen yet; gives the ids of the new freezes. */
async function freeze(scope: CommandScope, findings: readonly Finding[]): Promise<string[]> {
  const broken = new Map<string, Finding & { productId: string }>()
  for (const finding of findings) {
    const { productId } = finding
    const name = `${productId}/${finding.lotId}`
    if (productId !== null && !broken.has(name)) broken.set(name, { ...finding, productId })
  }
  if (broken.size === 0) return []
  const all = [...broken.values()].map((finding) => ({ finding, freezeId: newId() }))
  const made = await scope.tx.rows<{ freeze_id: string }>(sql`
    insert into stock_freeze (organization_id, freeze_id, product_id, lot_id, invariant, detail, frozen_at)
    select ${scope.organizationId}, f.freeze_id, f.product_id, f.lot_id, f.invariant, f.detail, ${scope.recordedAt}
    from unnest(${all.map((one) => one.freezeId)}::uuid[], ${all.map((one) => one.finding.productId)}::uuid[], ${all.map((one) => one.finding.lotId)}::uuid[], ${all.map((one) => one.finding.invariant)}::text[],
                ${all.map((one) => JSON.stringify(one.finding))}::jsonb[]) as f (freeze_id, product_id, lot_id, invariant, detail)
    where not exists (select from stock_freeze z where z.organization_id = ${scope.organizationId} and z.product_id = f.product_id and z.resumed_at is null and (z.lot_id is null or z.lot_id = f.lot_id))
    returning freeze_id`)
  const ids = new Set(made.map((row) => row.freeze_id))
  const frozen = all.filter((one) => ids.has(one.freezeId))
  for (const { freezeId, finding } of frozen) {
    const { productId, lotId, invariant } = finding
    scope.changed({ subject: 'freeze', subjectId: freezeId, before: null, after: { ...finding } })
    scope.happened({ type: 'stock.frozen.v1', subjectIds: [freezeId, productId, ...(lotId === null ? [] : [lotId])], data: { freezeId, invariant, productId, lotId } })
  }
  await raiseExceptions(scope, frozen.map(({ freezeId, finding }) => ({
    kind: 'invariant_broken', subject: finding.lotId === null ? 'product' : 'lot', subjectId: finding.lotId ?? finding.productId, movementId: null, data: { freeze: freezeId, ...finding },
  })))
  return [...ids]
}

/** Lets a product or lot be posted again. Refuses `not_found`, `freeze_closed`. */
export function resumeFreeze(caller: CommandCaller, freezeId: string, reason: string): Promise<CommandOutcome<Freeze>> {
  return runCommand(caller.context, { name: 'freeze.resume', input: { freezeId, reason }, reason }, async (scope) => {
    const { tx, organizationId, recordedAt } = scope
    const row = await tx.row<{ resumed_at: Instant | null; product_id: string; lot_id: string | null }>(sql`
      select resumed_at, product_id, lot_id from stock_freeze where organization_id = ${organizationId} and freeze_id = ${freezeId} for update`)
    if (!row) throw refuse('not_found', { what: 'freeze', which: freezeId })
    if (row.resumed_at !== null) throw refuse('freeze_closed', { freeze: freezeId })
    await tx.run(sql`
      update stock_freeze set resumed_at = ${recordedAt}, resumed_by = ${scope.actor.id}, resume_reason = ${reason} where organization_id = ${organizationId} and freeze_id = ${freezeId}`)
    scope.changed({ subject: 'freeze', subjectId: freezeId, before: { resumedAt: null }, after: { resumedAt: recordedAt } })
    scope.happened({ type: 'stock.resumed.v1', subjectIds: [freezeId, row.product_id, ...(row.lot_id === null ? [] : [row.lot_id])], data: { freezeId, reason } })
    const [freeze] = await readFreezes(tx, organizationId, { freezeId, open: false, before: null, limit: 1 })
    if (!freeze) throw new Error('a freeze is gone')
    return toFreeze(freeze)
  })
}

/** Rebuilds the organisation's projections and notes in the audit what had to be put right. */
export async function rebuildAndRecord(caller: CommandCaller): Promise<Rebuilt> {
  const rebuilt = await rebuildOrganization(caller.database, caller.organizationId)
  await runCommand(caller.context, { name: 'stock.rebuild', input: {} }, (scope) => {
    scope.changed({ subject: 'projections', subjectId: scope.organizationId, before: null, after: { ...rebuilt } })
    scope.happened({ type: 'stock.rebuilt.v1', subjectIds: [scope.organizationId], data: { ...rebuilt } })
    return Promise.resolve({ ...rebuilt })
  })
  return rebuilt
}

export async function listVerifications(caller: Caller, query: { limit: number; cursor?: string | undefined }): Promise<Page<Omit<Verification, 'freezeIds'>>> {
  const [before = null] = decodeCursor(query.cursor, 1) ?? []
  const rows = await caller.read((tx) => tx.rows<{ verification_id: string; started_at: Instant; finished_at: Instant; ok: boolean; findings: Finding[] }>(sql`
    select verification_id, started_at, finished_at, ok, findings from verification
    where organization_id = ${caller.organizationId} and (${before}::uuid is null or verification_id < ${before}::uuid) order by verification_id desc limit ${query.limit + 1}`))
  return toPage(rows, query.limit, (row) => [row.verification_id], (row) => ({ verificationId: row.verification_id, startedAt: row.started_at, finishedAt: row.finished_at, ok: row.ok, findings: row.findings }))
}

export async function listFreezes(caller: Caller, query: { limit: number; cursor?: string | undefined; open: boolean }): Promise<Page<Freeze>> {
  const [before = null] = decodeCursor(query.cursor, 1) ?? []
  const rows = await caller.read((tx) => readFreezes(tx, caller.organizationId, { freezeId: null, open: query.open, before, limit: query.limit + 1 }))
  return toPage(rows, query.limit, (row) => [row.freeze_id], toFreeze)
}

function readFreezes(tx: Tx, organizationId: OrganizationId, wanted: { freezeId: string | null; open: boolean; before: string | number | null; limit: number }): Promise<FreezeRow[]> {
  return tx.rows<FreezeRow>(sql`
    select z.freeze_id, z.product_id, p.sku, z.lot_id, l.code, z.invariant, z.detail, z.frozen_at, z.resumed_at, z.resumed_by, z.resume_reason, ${actorName(sql`z.organization_id`, sql`z.resumed_by`)} as resumed_by_name
    from stock_freeze z join product p on p.organization_id = z.organization_id and p.product_id = z.product_id left join lot l on l.organization_id = z.organization_id and l.lot_id = z.lot_id
    where z.organization_id = ${organizationId} and (${wanted.freezeId}::uuid is null or z.freeze_id = ${wanted.freezeId}::uuid) and (not ${wanted.open}::boolean or z.resumed_at is null)
      and (${wanted.before}::uuid is null or z.freeze_id < ${wanted.before}::uuid)
    order by z.freeze_id desc limit ${wanted.limit}`)
}

interface FreezeRow {
  freeze_id: string; product_id: string; sku: string; lot_id: string | null; code: string | null; invariant: string; detail: Finding; frozen_at: Instant
  resumed_at: Instant | null; resumed_by: string | null; resumed_by_name: string | null; resume_reason: string | null
}

function toFreeze(row: FreezeRow): Freeze {
  return {
    freezeId: row.freeze_id, productId: row.product_id, product: row.sku, lotId: row.lot_id, lot: row.code, invariant: row.invariant, finding: row.detail, frozenAt: row.frozen_at,
    resumedAt: row.resumed_at, resumedBy: row.resumed_by, resumedByName: row.resumed_by_name, resumeReason: row.resume_reason,
  }
}

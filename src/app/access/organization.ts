import type { z } from 'zod'
import { checkVersion, type Caller, type CommandCaller } from '#src/audit/caller.ts'
import { runCommand } from '#src/audit/command.ts'
import { difference } from '#src/audit/difference.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import type { Json } from '#src/lib/refusal.ts'
import { presetOf, setUpTrades } from '../trades.ts'
import { assertFound } from './rows.ts'
import type { getOrganization as contract, updateOrganization as updateContract } from './contract.ts'

type Organization = OutputOf<typeof contract>

export async function getOrganization(caller: Caller): Promise<Organization> {
  return caller.read((tx) => readOrganization(tx, caller.organizationId))
}

/** Changes what is named; with If-Match only the version that was read. What a preset begins with is added; nothing that is there is changed by it. */
export function updateOrganization(caller: CommandCaller, body: z.output<(typeof updateContract)['body']>) {
  const { reason, ...wanted } = body
  const { organizationId } = caller
  return runCommand(caller.context, { name: 'organization.update', input: wanted, reason }, async (scope) => {
    const { tx, changed } = scope
    await tx.run(sql`select from organization where organization_id = ${organizationId} for update`)
    const before = await readOrganization(tx, organizationId)
    checkVersion(caller, before.version, 'organisation', before.name)
    const { preset: answer, ...rest } = wanted
    const preset = answer === undefined ? before.preset : { ...before.preset, trades: answer.trades }
    const after = { ...before, ...dropUndefined(rest), preset, version: before.version + 1 }
    if (answer !== undefined) await setUpTrades(scope, answer.trades, answer.language)
    await tx.run(sql`
      update organization set name = ${after.name}, currency = ${after.currency}, time_zone = ${after.timeZone}, preset = ${JSON.stringify(after.preset)}::jsonb,
        closed_through = ${after.closedThrough}, version = ${after.version}
      where organization_id = ${organizationId}`)
    changed({ subject: 'organization', subjectId: organizationId, ...difference(told(before), told(after)) })
    return after
  })
}

async function readOrganization(tx: Tx, organizationId: OrganizationId): Promise<Organization> {
  const row = await tx.row<{ name: string; currency: string; time_zone: string; demo: boolean; preset: { [key: string]: Json }; closed_through: string | null; created_at: string; version: number }>(sql`
    select name, currency, time_zone, demo, preset, closed_through::text, created_at, version from organization where organization_id = ${organizationId}`)
  const { name, currency, time_zone: timeZone, demo, preset, closed_through: closedThrough, created_at: createdAt, version } = assertFound(row)
  return { organizationId, name, currency, timeZone, demo, preset: presetOf(preset), closedThrough, createdAt, version }
}

/** What the audit tells of it. */
function told({ preset: { trades }, version: _, ...organization }: Organization) {
  return { ...organization, trades }
}

function dropUndefined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

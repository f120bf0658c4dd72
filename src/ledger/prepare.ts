import type { CommandScope } from '#src/audit/command.ts'
import { sql } from '#src/db/sql.ts'
import type { LotId, MovementId, UnitId } from '#src/lib/id.ts'
import { granted, refuse } from '#src/lib/refusal.ts'
import { decideDates, decideHolds, holdSubjects, type LateHold } from './decide.ts'
import { loadHoldsInForce, loadMasters, lockMixtures, lockPlates, lockUnits, type HoldFacts, type Key, type Masters, type UnitFacts } from './facts.ts'
import { balanceKey, type Draft, type Header, type Line, type Spot } from './movement.ts'
import { platesOf, shape } from './shape.ts'

/** Lines ready to be settled, with what they were made from. */
export interface Prepared {
  readonly lines: readonly Line[]
  readonly masters: Masters
  readonly units: ReadonlyMap<UnitId, UnitFacts>
}

/** Locks the run, plates, units and commingled places, loads the masters, and shapes the lines. */
export async function prepare(scope: CommandScope, draft: Draft): Promise<Prepared> {
  const { tx, organizationId } = scope
  if (draft.runId) await lockRun(scope, draft.runId)
  const plateIds = platesOf(draft.lines)
  const plates = await lockPlates(tx, organizationId, plateIds)
  const missing = plateIds.find((plate) => !plates.has(plate))
  if (missing) throw refuse('plate_unknown', { plate: missing })
  const units = await lockUnits(tx, organizationId, draft.lines.flatMap((line) => (line.units ?? []).map((unit) => unit.unitId)))
  const lots = [...draft.lines.flatMap((line) => line.lotId ?? []), ...[...units.values()].map((unit) => unit.lotId)]
  const places = [...draft.lines.flatMap((line) => [line.from.placeId, line.to.placeId]), ...[...units.values()].flatMap((unit) => unit.spot?.placeId ?? [])]
  const wanted = {
    products: distinct(draft.lines.map((line) => line.productId)), lots: distinct(lots), places: distinct(places),
    parties: distinct(draft.lines.flatMap((line) => [line.from.ownerId, line.to.ownerId])),
  }
  let masters = await loadMasters(tx, organizationId, wanted)
  const commingled = wanted.places.filter((place) => masters.places.get(place)?.commingled).sort()
  const mixtures = await lockMixtures(tx, organizationId, commingled)
  if (mixtures.length > 0) masters = await loadMasters(tx, organizationId, { ...wanted, lots: distinct([...lots, ...mixtures.map((content) => content.lotId)]) })
  return { lines: granted(shape(draft, { masters, units, mixtures })), masters, units }
}

/** A run that goes on in another movement: it is there, and grows by one movement at a time. */
async function lockRun(scope: CommandScope, runId: MovementId): Promise<void> {
  await scope.tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`${scope.organizationId}/run/${runId}`}, 0))`)
  const run = await scope.tx.row(sql`select 1 from run_input where organization_id = ${scope.organizationId} and run_id = ${runId} union all
    select 1 from run_output where organization_id = ${scope.organizationId} and run_id = ${runId} limit 1`)
  if (!run) throw refuse('run_unknown', { run: runId })
}

/** Holds and dates, for kinds that use the goods they take. */
export async function checkUse(scope: CommandScope, header: Header, { lines, masters, units }: Prepared, date: string): Promise<readonly LateHold[]> {
  if (header.kind === 'reverse') return []
  const holds = await loadHoldsInForce(scope.tx, scope.organizationId, holdSubjects(masters, lines), scope.recordedAt)
  // now is when it is decided: what waited here while a hold was placed comes after it, though it was asked for before
  const isNow = Date.parse(header.occurredAt) >= Date.parse(scope.recordedAt)
  const late = granted(decideHolds(header.kind, isNow ? null : header.occurredAt, holds, (hold) => nameOfHeld(hold, masters, units)))
  const past = decideDates(masters, lines, date)
  if (past) throw refuse(past.refused, past.data)
  return late
}

function nameOfHeld(hold: HoldFacts, masters: Masters, units: ReadonlyMap<UnitId, UnitFacts>): string {
  if (hold.subject === 'lot') return masters.lots.get(hold.subjectId as LotId)?.code ?? hold.subjectId
  if (hold.subject === 'unit') return units.get(hold.subjectId as UnitId)?.serial ?? hold.subjectId
  if (hold.subject === 'place') return [...masters.places.values()].find((place) => place.id === hold.subjectId)?.code ?? hold.subjectId
  return hold.subjectId
}

/** The balances that lines touch: of each internal side, by its name. */
export function keysOf(lines: readonly Line[]): ReadonlyMap<string, Key> {
  return keysOfSides(lines, true)
}

/** The balances that lines add to: these rows are made where they do not exist. */
export function incomingKeysOf(lines: readonly Line[]): ReadonlyMap<string, Key> {
  return keysOfSides(lines, false)
}

function keysOfSides(lines: readonly Line[], alsoFrom: boolean): ReadonlyMap<string, Key> {
  const keys = new Map<string, Key>()
  const add = ({ productId, lotId }: Line, { placeId, ownerId, plateId }: Spot): void => {
    const key = { productId, lotId, placeId, ownerId, plateId }
    keys.set(balanceKey(key, key), key)
  }
  for (const line of lines) {
    if (alsoFrom && line.fromInternal) add(line, line.from)
    if (line.toInternal) add(line, line.to)
  }
  return keys
}

function distinct<T>(all: readonly T[]): T[] {
  return [...new Set(all)]
}

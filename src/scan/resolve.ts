import type { z } from 'zod'
import type { Caller } from '#src/audit/caller.ts'
import type { Tx } from '#src/db/sql.ts'
import { isGln } from '#src/gs1/keys.ts'
import type { Element } from '#src/gs1/element-string.ts'
import type { ScanData } from '#src/gs1/scan-data.ts'
import type { OutputOf } from '#src/lib/contract.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import type { Permission } from '#src/lib/permissions.ts'
import { trimQuantity } from '#src/lib/quantity.ts'
import { refuse } from '#src/lib/refusal.ts'
import type * as contract from './contract.ts'
import { findByCode, findByGln, findByKeys, type Found, type Kind } from './find.ts'
import { otherLots, readScan, toLabelRead } from './read-label.ts'

type Answer = OutputOf<typeof contract.resolveScan>
type Query = z.output<typeof contract.resolveScan.query>

const MOST = 20
const matches = ['exact', 'folded', 'prefix'] as const

/** What stands first of things that are called alike, and who may see it. */
const kinds: Readonly<Record<Kind, { readonly rank: number; readonly permission: Permission }>> = {
  unit: { rank: 0, permission: 'lots.read' }, plate: { rank: 1, permission: 'stock.read' }, lot: { rank: 2, permission: 'lots.read' }, product: { rank: 3, permission: 'catalog.read' },
  place: { rank: 4, permission: 'network.read' }, party: { rank: 5, permission: 'network.read' }, family: { rank: 6, permission: 'lots.read' }, movement: { rank: 7, permission: 'movements.read' },
}
/** What a task asks for: these come first, and decide whether it is certain what is meant. */
const wanted: Readonly<Record<NonNullable<Query['task']>, readonly Kind[]>> = { receive: ['product', 'lot', 'unit', 'plate'], take: ['unit', 'plate', 'lot', 'product'], put: ['place'] }

/**
 * What a scan means, best first, and whether that is certain. It only reads. Refuses `scan_unreadable`: it says of itself
 * that it is GS1 and is not, and nothing of ours is called so.
 */
export function resolveScan(caller: Caller, { text: scanned, task }: Query): Promise<Answer> {
  const reading = readScan(scanned)
  const today = caller.clock().slice(0, 10)
  return caller.read(async (tx) => {
    const found = await find(tx, caller.organizationId, reading)
    const seen = found.filter(({ kind }) => caller.permissions.has(kinds[kind].permission))
    const isCode = reading.form !== 'plain' && !reading.marked && seen.some((one) => one.byText && one.match === 0)
    const form = isCode ? 'plain' : reading.form
    const meant = rank(form === 'plain' ? seen.filter((one) => one.byText) : mostExact(seen.filter((one) => !one.byText)), task)
    if (reading.fault && meant.length === 0) throw refuse('scan_unreadable', { why: reading.fault.why, at: String(reading.fault.at + 1), ai: reading.fault.ai ?? '-' })
    const read = form === 'plain' ? null : toLabelRead(reading, meant[0]?.date_kind ?? null, today)
    return {
      text: reading.text, form,
      read,
      candidates: meant.map(toCandidate), certain: isCertain(meant, task) && !(read?.otherLots.length && meant[0]?.kind === 'product'),
    }
  })
}

interface Known extends Found {
  /** The whole text is its code, whatever the text may also be. */
  readonly byText: boolean
}

/** Two statements that travel together, and a third for a GLN that nothing else is called. */
async function find(tx: Tx, organizationId: OrganizationId, reading: ScanData): Promise<Known[]> {
  const label = reading.elements
  const valueOf = (ai: string): string | null => label.find((one) => one.ai === ai)?.value ?? null
  const keys = { sscc: valueOf('00'), gtins: label.filter(({ ai }) => ai === '01' || ai === '02').map(({ value }) => value), lot: valueOf('10'), otherLots: otherLots(reading.text, valueOf('10')), serial: valueOf('21') }
  const named = nameOn(label)
  const byText = reading.marked && label.length > 0 ? null : reading.text
  const [ofKeys, ofText, ofName] = await Promise.all([
    label.length === 0 ? [] : findByKeys(tx, organizationId, keys),
    byText === null ? [] : findByCode(tx, organizationId, byText),
    named === null ? [] : findByCode(tx, organizationId, named.value),
  ])
  const found: Known[] = [...ofText.map((one) => ({ ...one, byText: true })), ...ofKeys.map((one) => ({ ...one, byText: false }))]
  const isAlone = keys.gtins.length === 0 && keys.sscc === null
  // whose GTIN nobody knows here: what is called like its lot or serial is worth a look, no more
  if (named && ofKeys.length === 0) found.push(...ofName.filter(({ kind, match }) => match < 2 && (named.kind === null || kind === named.kind)).map((one) => ({ ...one, match: isAlone ? one.match : (2 as const), byText: false })))
  const gln = label.find(({ ai }) => /^41[0-7]$/.test(ai))?.value ?? reading.text
  if (found.some(({ match }) => match === 0) || !isGln(gln)) return found
  return [...found, ...(await findByGln(tx, organizationId, gln)).map((one) => ({ ...one, byText: label.length === 0 }))]
}

/** The one value of a label that may be a code by itself, and of what. */
function nameOn(label: readonly Element[]): { readonly value: string; readonly kind: Kind | null } | null {
  for (const [ai, kind] of [['21', 'unit'], ['10', 'lot'], ['400', 'movement']] as const) {
    const value = label.find((one) => one.ai === ai)?.value
    if (value !== undefined) return { value, kind }
  }
  const own = label.find(({ ai }) => /^(9\d|240|241)$/.test(ai))
  return own ? { value: own.value, kind: null } : null
}

/** Of what a label leads to, the nearest: the unit, else the plate, else the lot; the product only where none of these is known. */
function mostExact(found: readonly Known[]): Known[] {
  const nearest = Math.min(...found.map(({ kind }) => kinds[kind].rank))
  return found.filter(({ kind }) => kinds[kind].rank === nearest || kinds[kind].rank > kinds.product.rank)
}

/** Exact before folded before prefix, what is in use before what was, then by kind; each record once, and what only begins so not beside what is called so. */
function rank(found: readonly Known[], task: Query['task']): Known[] {
  const order = (kind: Kind): number => {
    const at = task === undefined ? -1 : wanted[task].indexOf(kind)
    return task === undefined || at >= 0 ? (at >= 0 ? at : kinds[kind].rank) : 100 + kinds[kind].rank
  }
  const sorted = found.toSorted((a, b) => a.match - b.match || Number(a.past) - Number(b.past) || order(a.kind) - order(b.kind) || (a.code ?? '').localeCompare(b.code ?? '') || a.title.localeCompare(b.title) || (a.id < b.id ? -1 : 1))
  const once = [...new Map(sorted.toReversed().map((one) => [one.id, one])).values()].toReversed()
  return once.filter(({ match }) => match < 2 || sorted[0]?.match === 2).slice(0, MOST)
}

function isCertain(meant: readonly Known[], task: Query['task']): boolean {
  const exact = meant.filter(({ match }) => match === 0)
  const asked = exact.filter(({ kind }) => task === undefined || wanted[task].includes(kind))
  const inUse = asked.filter(({ past }) => !past)
  return asked.length > 0 && (inUse.length === 1 || asked.length === 1) && asked[0] === meant[0]
}

function toCandidate(one: Known): Answer['candidates'][number] {
  return {
    kind: one.kind, id: one.id, code: one.code, title: one.title, detail: one.detail, productId: one.product_id, lotId: one.lot_id,
    packQuantity: one.pack === null ? null : trimQuantity(one.pack), match: matches[one.match],
  }
}

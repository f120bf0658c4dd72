import type { Readable } from 'node:stream'
import type { z } from 'zod'
import type { Caller } from '#src/audit/caller.ts'
import { sql, type Tx } from '#src/db/sql.ts'
import { totalsByUom, traceDepths, tracedKey, traceRows, type Traced, type TracedMovement, type TracedNode, type TraceRow } from '#src/lib/trace-rows.ts'
import type { Instant } from '#src/lib/time.ts'
import type { traceAnswer } from './contract.ts'
import { Paper, type PaperColumn } from './pdf-paper.ts'
import { prepareToWalk, trace } from './trace.ts'
import { accounted, linesOf, toStart, walkTables, type Direction } from './walk.ts'

type Answer = z.input<typeof traceAnswer>
type Node = Answer['nodes'][number]
type PdfCaller = Pick<Caller, 'organizationId' | 'database' | 'actor' | 'clock'>

/** Most that a paper tells: it is for people to read and to file. The CSV has no end. */
const MOST = { nodes: 1_500, parties: 500, movements: 1_500 } as const

interface Asked {
  readonly lotIds?: readonly string[] | undefined
  readonly unitIds?: readonly string[] | undefined
  readonly paper: 'a4' | 'letter'
}
interface Facts {
  readonly answer: Answer
  readonly nodes: readonly Node[]
  readonly movements: readonly MovementRow[]
  readonly organization: string
  readonly timeZone: string
  readonly asker: string
  readonly now: Instant
}
interface MovementRow { movement_id: string; what: string; occurred: string; documents: string[]; sha256: string }

/**
 * A trace as a paper: what was asked, when and by whom, what it comes to, every lot and unit with where it is and went,
 * and the movements all of it rests on with their SHA-256. All of it as of one instant. Times are those of the organisation.
 * Refuses `trace_of_nothing`, `not_found`, `lot_hidden`.
 */
export async function tracePdf(caller: PdfCaller, direction: Direction, asked: Asked): Promise<Readable> {
  const facts = await caller.database.inTransaction(caller.organizationId, (tx) => readFacts(tx, caller, direction, asked), { snapshot: true })
  return write(facts, direction, asked.paper === 'letter' ? 'LETTER' : 'A4')
}

async function readFacts(tx: Tx, { organizationId, actor, clock }: PdfCaller, direction: Direction, asked: Asked): Promise<Facts> {
  const [who] = await tx.rows<{ organization: string; time_zone: string; asker: string | null }>(sql`
    select o.name as organization, o.time_zone, coalesce(
      (select name from person where organization_id = ${organizationId} and user_id = ${actor.id} and ${actor.kind}::text = 'user'),
      (select name from api_key where organization_id = ${organizationId} and api_key_id::text = ${actor.id} and ${actor.kind}::text = 'key')) as asker
    from organization o where o.organization_id = ${organizationId}`)
  const timeZone = who?.time_zone ?? 'UTC'
  const read = { organizationId, read: <T>(work: (tx: Tx) => Promise<T>) => work(tx) }
  const nodes: Node[] = []
  let answer = await trace(read, direction, { ...asked, limit: 500 })
  nodes.push(...answer.nodes)
  while (answer.next !== null && nodes.length < MOST.nodes) {
    const page = await trace(read, direction, { ...asked, limit: 500, cursor: answer.next })
    nodes.push(...page.nodes)
    answer = { ...answer, next: page.next }
  }
  return { answer, nodes, movements: await readMovements(tx, organizationId, direction, asked, timeZone), organization: who?.organization ?? '', timeZone, asker: who?.asker ?? 'the command line', now: clock() }
}

/** The movements a trace is made of: those across our walls and those of its runs, the earliest first; one more than a paper tells. */
async function readMovements(tx: Tx, organizationId: Caller['organizationId'], direction: Direction, asked: Asked, timeZone: string): Promise<MovementRow[]> {
  const start = await toStart(tx, organizationId, direction, asked)
  await prepareToWalk(tx)
  return tx.rows<MovementRow>(sql`
    with recursive ${walkTables(start)}, told as (
      select movement_id from (${linesOf(organizationId, accounted)}) l
      union
      select m.movement_id from run r join movement m on m.organization_id = ${organizationId} and m.run_id = r.run_id
    )
    select m.movement_id, coalesce(m.run_kind, m.kind) || case m.reversal when 'never_happened' then ' (never happened)' when 'undone' then ' (undone)' else '' end as what,
           to_char(m.occurred_at at time zone ${timeZone}, 'YYYY-MM-DD HH24:MI') as occurred, encode(m.sha256, 'hex') as sha256,
           (select coalesce(array_agg(r.type || ' ' || r.number order by r.type, r.number), '{}') from movement_reference r where r.organization_id = ${organizationId} and r.movement_id = m.movement_id) as documents
    from told t join movement m on m.organization_id = ${organizationId} and m.movement_id = t.movement_id
    order by m.occurred_at, m.movement_id limit ${MOST.movements + 1}`)
}

async function write(facts: Facts, direction: Direction, size: 'A4' | 'LETTER'): Promise<Readable> {
  const { answer, nodes, organization, asker, timeZone } = facts
  const { totals } = answer
  const forward = direction === 'forward'
  const asked = nodes.filter(({ start }) => start)
  const title = `Trace ${direction}: ${asked.slice(0, 3).map(nameOf).join(', ')}${asked.length > 3 ? ' and others' : ''}`
  const now = said(facts.now, timeZone)
  const paper = new Paper({ title, foot: `Lotwise  ·  ${title}  ·  ${organization}  ·  printed ${now} by ${asker}`, size, createdAt: facts.now })

  paper.heading(title, 16)
  paper.say(`${organization}. Asked ${now} (${timeZone}) by ${asker}; as of then, with everything recorded until then.`, { colour: '#566262' })
  paper.say(forward ? 'Where it went: what was made of it at any depth, where that is now, and who got it.' : 'What it was made of, at any depth, and from which suppliers.')
  for (const sentence of summary(answer)) paper.say(sentence)

  if (forward && answer.consignees.length > 0) await parties(paper, 'Who got some of it', 'Customer', 'Came back', answer.consignees, totals.consignees)
  if (answer.suppliers.length > 0 && !forward) await parties(paper, 'Whom it came from', 'Supplier', 'Sent back', answer.suppliers, totals.suppliers)
  if (answer.places.length > 0) {
    paper.heading('Where it is now')
    await paper.table([{ title: 'Place', width: 2, code: true }, { title: 'Product', width: 4 }, { title: 'SKU', width: 2, code: true }, { title: 'On hand', width: 2, number: true }],
      answer.places.flatMap(({ place, products }) => products.map(({ product, sku, quantity, uom }, index) => [index === 0 ? place : '', product, sku, `${quantity} ${uom}`])))
  }

  paper.heading('Everything reached')
  if (totals.nodes > nodes.length) paper.say(`The first ${nodes.length} of ${totals.nodes} lots and units; the CSV has all of them.`, { bold: true })
  const depths = traceDepths(direction, nodes)
  const byKey = new Map(nodes.map((node) => [tracedKey(node), node]))
  await paper.table(rowColumns, traceRows(direction, nodes).map((row) => toCells(row, depths, byKey, timeZone)))

  const shown = facts.movements.slice(0, MOST.movements)
  paper.heading('The movements it rests on')
  paper.say('No movement is ever changed: what was decided is kept with its SHA-256, which GET /api/v1/movements/<id> shows and lotwise verify checks.', { colour: '#566262' })
  if (facts.movements.length > shown.length) paper.say(`The first ${shown.length}; the API has all of them.`, { bold: true })
  await paper.table([{ title: 'When', width: 86 }, { title: 'What', width: 76 }, { title: 'Documents', width: 98 }, { title: 'Movement', width: 188, code: true, size: 7.5 }, { title: 'SHA-256', width: 326, code: true, size: 7.5 }],
    shown.map((row) => [row.occurred, words(row.what), row.documents.map(document).join('; '), row.movement_id, row.sha256]))
  if (paper.hasUnknown) paper.say('A question mark may stand for a character that this paper has no letter for (it has Latin, Greek and Cyrillic ones); the CSV and the API have it.', { colour: '#566262' })
  return paper.end() as unknown as Readable
}

/** What it comes to, and what is not known, in sentences. */
export function summary({ direction, totals }: Pick<Answer, 'direction' | 'totals'>): string[] {
  const of = (pick: (product: (typeof totals.products)[number]) => string): string => totalsByUom(totals.products.map((product) => ({ uom: product.uom, quantity: pick(product) }))).map(({ quantity, uom }) => `${quantity} ${uom}`).join(', ')
  const exactly = (all: string, exact: string): string => (all === exact ? 'all of it exact' : exact === '' ? 'none of it exact' : `of that ${exact} exact`)
  const sentences = [`${count(totals.lots, 'lot')}${totals.units > 0 ? `, ${count(totals.units, 'unit')}` : ''}, ${count(totals.runs, 'run')}: ${totals.exact} exact, ${totals.atMost} at most, ${totals.possible} possible.`]
  const shipped = of((product) => product.shipped)
  const received = of((product) => product.received)
  const here = of((product) => product.onHand)
  const back = of((product) => product.returned)
  if (direction === 'forward') sentences.push(shipped === '' ? 'No customer has any of it.' : `${count(totals.consignees, 'customer')} got ${shipped}, ${exactly(shipped, of((product) => product.exact.shipped))}${back === '' ? '' : `; ${back} came back`}.`)
  else sentences.push(received === '' ? 'None of it came from a supplier.' : `${count(totals.suppliers, 'supplier')} gave ${received}, ${exactly(received, of((product) => product.exact.received))}.`)
  sentences.push(here === '' ? 'None of it is on hand.' : `On hand now: ${here} in ${count(totals.places, 'place')}, ${exactly(here, of((product) => product.exact.onHand))}.`)
  const gone = (['destroyed', 'sampled', 'lost'] as const).map((end) => [of((product) => product[end]), end] as const).filter(([much]) => much !== '')
  if (direction === 'forward' && gone.length > 0) sentences.push(`${gone.map(([much, end]) => `${much} ${end}`).join('; ')}.`)
  if (totals.unfollowed > 0) sentences.push(`${count(totals.unfollowed, 'product')} without a lot: the way ends there.`)
  return sentences
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

async function parties(paper: Paper, heading: string, who: string, back: string, rows: Answer['consignees'], all: number): Promise<void> {
  paper.heading(heading)
  if (all > rows.length) paper.say(`The first ${rows.length} of ${all}; the CSV has all of them.`, { bold: true })
  const columns: readonly PaperColumn[] = [{ title: who, width: 4 }, { title: 'Product', width: 4 }, { title: 'SKU', width: 2, code: true }, { title: 'Quantity', width: 2, number: true }, { title: back, width: 2, number: true }]
  await paper.table(columns, rows.flatMap(({ party, place, products }) => products.map(({ product, sku, quantity, returned, uom }, index) =>
    [index > 0 ? '' : party === null || party === place ? place : `${party} (${place})`, product, sku, `${quantity} ${uom}`, returned === '0' ? '' : `${returned} ${uom}`])))
}

const rowColumns: readonly PaperColumn[] = [
  { title: 'Step', width: 0.5, number: true }, { title: 'Lot or unit', width: 2, code: true }, { title: 'Product', width: 2.2 }, { title: 'What', width: 3.8 }, { title: 'Quantity', width: 1.4, number: true },
  { title: 'How sure', width: 0.9 }, { title: 'When', width: 1.65 }, { title: 'Documents', width: 1.8 },
]

function toCells(row: TraceRow, depths: ReadonlyMap<string, number>, byKey: ReadonlyMap<string, TracedNode>, timeZone: string): string[] {
  const { node, first, relation } = row
  return [
    first ? String(depths.get(tracedKey(node)) ?? '-') : '', codeOf(node), first ? node.product : '', whatOf(row, byKey), relation === 'more' ? '' : `${row.quantity} ${node.uom}`, certaintyWord[row.certainty],
    whenOf(row.movements, timeZone), [...new Set(row.movements.flatMap(({ documents }) => documents))].map(document).join('; '),
  ]
}

const certaintyWord = { exact: 'exact', at_most: 'at most', possible: 'possible' } as const

function whatOf({ relation, run, at, returned, quantity, node }: TraceRow, byKey: ReadonlyMap<string, TracedNode>): string {
  const name = (what: Traced): string => {
    const found = byKey.get(tracedKey(what))
    return found === undefined ? 'another lot' : nameOf(found)
  }
  const others = run?.others.map((one) => `${one.quantity} ${byKey.get(tracedKey(one.what))?.uom ?? ''} ${name(one.what)}`).join(', ') ?? ''
  const who = at?.party ?? at?.place ?? ''
  const back = returned === '0' ? '' : `; ${returned} ${node.uom} came back`
  switch (relation) {
    case 'made_of': return `Made of ${others} (${words(run?.run ?? '')})${node.followed ? '' : '; no lot, not followed'}`
    case 'went_into': return `Went into ${others} (${words(run?.run ?? '')})${node.followed ? '' : '; no lot, not followed'}`
    case 'received': return `Received from ${who}${returned === '0' ? '' : `; ${returned} ${node.uom} sent back`}`
    case 'found': return 'Found by counting: where it came from is not known'
    case 'on_hand': return `On hand in ${who}`
    case 'shipped': return `Shipped to ${who}${back}`
    case 'counted_away': return 'Counted away'
    case 'more': return `Reached by ${quantity} more ways`
    case 'alone': return 'Nothing else is known of it'
    default: return `${relation.slice(0, 1).toUpperCase()}${relation.slice(1)}`
  }
}

function nameOf(node: TracedNode): string {
  return `${codeOf(node)}${node.lot === null && node.serial === null ? '' : ` ${node.product}`}`
}

function codeOf(node: TracedNode): string {
  return node.serial ?? node.lot ?? `${node.product}, no lot`
}

function words(text: string): string {
  return text.replaceAll('_', ' ')
}

/** A document as the API tells it, `purchase_order PO-7`: its type in words, its number as it is. */
function document(text: string): string {
  return text.replace(/^\w+/, words)
}

function whenOf(movements: readonly TracedMovement[], timeZone: string): string {
  const [first, last] = [movements[0], movements.at(-1)]
  if (first === undefined || last === undefined) return ''
  const [from, to] = [said(first.occurredAt, timeZone), said(last.occurredAt, timeZone)]
  return from === to ? from : `${from.slice(0, 10)} to ${to.slice(0, 10)}`
}

/** `2026-11-23 14:05`, where the organisation is. */
function said(instant: Instant, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(new Date(instant))
}

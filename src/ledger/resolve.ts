import type { CommandScope } from '#src/audit/command.ts'
import { resolveProducts, type ProductRef } from '#src/catalog/resolve.ts'
import { sql } from '#src/db/sql.ts'
import { fold } from '#src/lib/fold.ts'
import { LOOSE, type LotId, type MovementId, type PartyId, type PlaceId, type PlateId, type ProductId, type UnitId } from '#src/lib/id.ts'
import { formatQuantity, units as wholeUnits } from '#src/lib/quantity.ts'
import { refuse, type Json } from '#src/lib/refusal.ts'
import { meetLots, type LotDates } from '#src/lots/register-lot.ts'
import { resolveParties, resolvePlaces, type PartyRef, type PlaceRef } from '#src/network/resolve.ts'
import { firstShipToPlaceId, ownPartyId, supplierPlaceId, systemPlaceId, unknownPartyId } from '#src/network/system.ts'
import { meetUnits } from '#src/serials/register-units.ts'
import type { MovementInput, UnitRef } from './contract.ts'
import { lockPlates } from './facts.ts'
import type { Cost, Draft, DraftLine, DraftUnit, Spot } from './movement.ts'
import type { RunKind } from './movement-kinds.ts'

type LotInput = string | { readonly code: string; readonly issuer?: PartyRef | undefined }
type PlateInput = string | { readonly code: string }
/** Where a line begins or ends before codes are looked up: a place named by the caller, or one we know. */
type Where = { readonly ref: PlaceRef } | { readonly id: PlaceId }

/** One line of any kind of movement, brought into one form; codes not yet looked up. */
interface Raw {
  readonly at: string
  readonly role: 'input' | 'output' | null
  readonly product: ProductRef
  readonly lot: LotInput | undefined
  readonly units: readonly UnitRef[] | undefined
  readonly quantity: string | undefined
  readonly uom: string | undefined
  readonly second: string | undefined
  readonly owner: PartyRef | undefined
  readonly toOwner: PartyRef | undefined
  readonly from: Where
  readonly to: Where
  readonly fromPlate: PlateInput | undefined
  readonly toPlate: PlateInput | undefined
  /** It may bring a lot or unit that is not known yet, issued by whom if nobody is named. */
  readonly brings: { readonly issuer: 'supplier' | 'own' | 'found' } | null
  readonly dates: LotDates | undefined
  readonly family: string | undefined
  readonly lotProperties: { readonly [key: string]: Json } | undefined
  readonly cost: Cost | null
  readonly uses: DraftLine['uses']
}

interface WholePlate {
  readonly at: string
  readonly plate: PlateInput
  readonly to: Where
}

/**
 * Turns a request into a draft: every code looked up or, where goods come in, registered; a constant number of
 * statements whatever the number of lines. Refuses what is unknown or ambiguous, naming the line.
 */
export async function resolveDraft(scope: CommandScope, input: MovementInput): Promise<Draft> {
  const { tx, organizationId } = scope
  const counterparty = await resolveCounterparty(scope, input)
  const { raws, wholePlates } = rawLines(scope, input, counterparty)
  // independent of each other, so they travel together
  const [products, places, parties, plates] = await Promise.all([
    resolveProducts(tx, organizationId, raws.map((raw) => raw.product)),
    lookUpPlaces(scope, [...raws.flatMap((raw) => [raw.from, raw.to]), ...wholePlates.map((whole) => whole.to)]),
    lookUpParties(scope, input, raws),
    lookUpPlates(scope, [...raws.flatMap((raw) => [raw.fromPlate, raw.toPlate]), ...wholePlates.map((whole) => whole.plate)]),
  ])
  const identities = await resolveIdentities(scope, raws, products.map((one) => one.productId), parties, counterparty.party, input.kind === 'transform' ? input.run : null)

  const lines = raws.map((raw, at): DraftLine => {
    const product = products[at] as (typeof products)[number]
    const owner = raw.owner === undefined ? ownPartyId(organizationId) : parties(raw.owner)
    const spot = (where: Where, ownerId: PartyId, plate: PlateInput | undefined): Spot => ({ placeId: places(where), ownerId, plateId: plate === undefined ? LOOSE : plates(plate) })
    return {
      at: raw.at, role: raw.role, productId: product.productId, lotId: identities.lots[at] ?? null, units: identities.units[at] ?? null,
      from: spot(raw.from, owner, raw.fromPlate), to: spot(raw.to, raw.toOwner === undefined ? owner : parties(raw.toOwner), raw.toPlate),
      ownerOpen: raw.owner === undefined, plateOpen: raw.fromPlate === undefined, quantity: raw.quantity ?? null, uom: raw.uom ?? null,
      packQuantity: product.packQuantity, second: raw.second ?? null, cost: raw.cost, uses: raw.uses,
    }
  })
  lines.push(...(await plateLines(scope, wholePlates, plates, places)))
  return {
    kind: input.kind, occurredAt: new Date(input.occurredAt ?? scope.recordedAt).toISOString(), reason: input.reason ?? null, note: input.note ?? null,
    device: input.device ?? null, deviceTime: input.deviceTime === undefined ? null : new Date(input.deviceTime).toISOString(),
    references: (input.references ?? []).map((reference) => ({ type: reference.type, number: reference.number, issuerId: reference.issuer === undefined ? null : parties(reference.issuer) })),
    runKind: input.kind === 'transform' ? (input.run) : null, runId: input.kind === 'transform' && input.runId ? await runOf(scope, input.runId as MovementId) : null,
    reverses: null, reversal: null, lines, demand: input.kind === 'ship' ? (input.demand ?? null) : null, itIsHere: 'itIsHere' in input && input.itIsHere === true,
  }
}

/** The run that a movement of it belongs to, the first one or a later one. */
async function runOf(scope: CommandScope, movementId: MovementId): Promise<MovementId> {
  const movement = await scope.tx.row<{ run_id: MovementId | null }>(sql`select run_id from movement where organization_id = ${scope.organizationId} and movement_id = ${movementId}`)
  return movement?.run_id ?? movementId
}

/** Supplier or customer, where the header names one. */
async function resolveCounterparty(scope: CommandScope, input: MovementInput): Promise<{ where: Where; party: PartyId | null }> {
  const side = input.kind === 'receive' || input.kind === 'return' ? input.from : input.kind === 'ship' ? input.to : undefined
  if (side === undefined) return { where: { id: systemPlaceId(scope.organizationId, 'process') }, party: null }
  if ('place' in side) return { where: { ref: side.place }, party: null }
  const [party] = await resolveParties(scope.tx, scope.organizationId, ['supplier' in side ? side.supplier : side.customer])
  if (!party) throw new Error('a party resolved to nothing')
  return { where: { id: 'supplier' in side ? supplierPlaceId(party) : firstShipToPlaceId(party) }, party }
}

function rawLines(scope: CommandScope, input: MovementInput, counterparty: { where: Where }): { raws: Raw[]; wholePlates: WholePlate[] } {
  const system = (kind: 'count' | 'loss' | 'process' | 'sampled' | 'destroyed'): Where => ({ id: systemPlaceId(scope.organizationId, kind) })
  const raws: Raw[] = []
  const wholePlates: WholePlate[] = []
  const add = (line: LineInput, rest: Pick<Raw, 'at' | 'from' | 'to'> & Partial<Raw>): void => void raws.push(rawLine(line, rest))
  switch (input.kind) {
    case 'receive':
      input.lines.forEach((line, at) => add(line, { at: `lines.${at}`, from: counterparty.where, to: { ref: line.to }, toPlate: line.plate, brings: { issuer: 'supplier' } }))
      break
    case 'move':
      input.lines.forEach((line, at) => {
        if ('wholePlate' in line) wholePlates.push({ at: `lines.${at}`, plate: line.wholePlate, to: { ref: line.to } })
        else add(line, { at: `lines.${at}`, from: { ref: line.from }, to: { ref: line.to }, fromPlate: line.plate, toPlate: line.toPlate })
      })
      break
    case 'adjust':
      input.lines.forEach((line, at) => {
        const here: Where = { ref: line.place }
        if (line.direction === 'up') add(line, { at: `lines.${at}`, from: system(line.against), to: here, toPlate: line.plate, brings: { issuer: 'found' } })
        else add(line, { at: `lines.${at}`, from: here, to: system(line.against), fromPlate: line.plate })
      })
      break
    case 'transform':
      input.inputs.forEach((line, at) => add(line, { at: `inputs.${at}`, role: 'input', from: { ref: line.from }, to: system('process'), fromPlate: line.plate }))
      input.outputs.forEach((line, at) => add(line, {
        at: `outputs.${at}`, role: 'output', from: system('process'), to: { ref: line.to }, toPlate: line.plate, brings: { issuer: 'own' },
        uses: line.uses?.map((use) => ({ input: use.input, quantity: use.quantity ?? null })) ?? null,
      }))
      break
    case 'ship':
      input.lines.forEach((line, at) => {
        if ('wholePlate' in line) wholePlates.push({ at: `lines.${at}`, plate: line.wholePlate, to: counterparty.where })
        else add(line, { at: `lines.${at}`, from: { ref: line.from }, to: counterparty.where, fromPlate: line.plate })
      })
      break
    case 'return':
      input.lines.forEach((line, at) => add(line, { at: `lines.${at}`, from: counterparty.where, to: { ref: line.to }, toPlate: line.plate }))
      break
    case 'change_owner':
      input.lines.forEach((line, at) => add(line, { at: `lines.${at}`, from: { ref: line.place }, to: { ref: line.place }, fromPlate: line.plate, toPlate: line.plate, toOwner: line.toOwner }))
      break
    case 'pack':
      input.lines.forEach((line, at) => add(line, { at: `lines.${at}`, from: { ref: line.place }, to: { ref: line.place }, fromPlate: line.fromPlate, toPlate: input.plate }))
      break
    case 'unpack':
      if (input.lines) input.lines.forEach((line, at) => add(line, { at: `lines.${at}`, from: { ref: line.place }, to: { ref: line.place }, fromPlate: input.plate }))
      else wholePlates.push({ at: 'plate', plate: input.plate, to: { id: UNPACK } })
      break
    case 'sample': case 'destroy':
      input.lines.forEach((line, at) => add(line, { at: `lines.${at}`, from: { ref: line.from }, to: system(input.kind === 'sample' ? 'sampled' : 'destroyed'), fromPlate: line.plate }))
  }
  return { raws, wholePlates }
}

/** Marks a whole plate that is unpacked where it stands. */
const UNPACK = '' as PlaceId

interface LineInput {
  readonly product: ProductRef
  readonly lot?: LotInput | undefined
  readonly units?: readonly UnitRef[] | undefined
  readonly quantity?: string | undefined
  readonly uom?: string | undefined
  readonly secondQuantity?: string | undefined
  readonly owner?: PartyRef | undefined
  readonly dates?: LotDates | undefined
  readonly family?: string | undefined
  readonly lotProperties?: { readonly [key: string]: Json } | undefined
  readonly unitCost?: string | undefined
  readonly costCurrency?: string | undefined
  readonly costRate?: string | undefined
}

function rawLine(line: LineInput, rest: Pick<Raw, 'at' | 'from' | 'to'> & Partial<Raw>): Raw {
  return {
    role: null, fromPlate: undefined, toPlate: undefined, toOwner: undefined, brings: null, uses: null,
    product: line.product, lot: line.lot, units: line.units, quantity: line.quantity, uom: line.uom, second: line.secondQuantity, owner: line.owner,
    dates: line.dates, family: line.family, lotProperties: line.lotProperties,
    cost: line.unitCost === undefined ? null : { unitCost: line.unitCost, currency: line.costCurrency ?? null, rate: line.costRate ?? null },
    ...rest,
  }
}

async function lookUpPlaces(scope: CommandScope, wheres: readonly Where[]): Promise<(where: Where) => PlaceId> {
  const refs = wheres.flatMap((where) => ('ref' in where ? [where.ref] : []))
  const found = await distinctly(refs, (distinct) => resolvePlaces(scope.tx, scope.organizationId, distinct))
  return (where) => ('id' in where ? where.id : found(where.ref))
}

async function lookUpParties(scope: CommandScope, input: MovementInput, raws: readonly Raw[]): Promise<(ref: PartyRef) => PartyId> {
  const refs: PartyRef[] = (input.references ?? []).flatMap((reference) => (reference.issuer === undefined ? [] : [reference.issuer]))
  for (const raw of raws) {
    for (const ref of [raw.owner, raw.toOwner, typeof raw.lot === 'object' ? raw.lot.issuer : undefined]) if (ref !== undefined) refs.push(ref)
    for (const unit of raw.units ?? []) if (typeof unit === 'object' && 'serial' in unit && unit.issuer !== undefined) refs.push(unit.issuer)
  }
  return distinctly(refs, (distinct) => resolveParties(scope.tx, scope.organizationId, distinct))
}

async function lookUpPlates(scope: CommandScope, plates: readonly (PlateInput | undefined)[]): Promise<(plate: PlateInput) => PlateId> {
  const codes = plates.flatMap((plate) => (typeof plate === 'object' ? [plate.code] : []))
  return distinctly(plates.filter((plate) => plate !== undefined), async (distinct) => {
    if (codes.length === 0) return distinct as PlateId[]
    const rows = await scope.tx.rows<{ plate_id: PlateId; code: string }>(sql`
      select plate_id, code from plate where organization_id = ${scope.organizationId} and code = any(${codes}::text[]) and archived_at is null`)
    return distinct.map((plate) => {
      if (typeof plate === 'string') return plate as PlateId
      const row = rows.find((one) => one.code === plate.code)
      if (!row) throw refuse('plate_unknown', { plate: plate.code })
      return row.plate_id
    })
  })
}

/** Looks each different reference up once. */
async function distinctly<Ref, Found>(refs: readonly Ref[], lookUp: (distinct: readonly Ref[]) => Promise<readonly Found[]>): Promise<(ref: Ref) => Found> {
  const distinct = new Map(refs.map((ref) => [JSON.stringify(ref), ref]))
  const found = distinct.size === 0 ? [] : await lookUp([...distinct.values()])
  const byText = new Map([...distinct.keys()].map((text, at) => [text, found[at] as Found]))
  return (ref) => {
    const one = byText.get(JSON.stringify(ref))
    if (one === undefined) throw new Error(`a reference was not looked up: ${JSON.stringify(ref)}`)
    return one
  }
}

interface Identities {
  readonly lots: readonly (LotId | null)[]
  readonly units: readonly (readonly DraftUnit[] | null)[]
}

/** Lots and units of all lines, met or registered as sets; lots first, since a new unit is of one. */
async function resolveIdentities(scope: CommandScope, raws: readonly Raw[], products: readonly ProductId[], parties: (ref: PartyRef) => PartyId, supplier: PartyId | null, run: RunKind | null): Promise<Identities> {
  const needsDefaults = raws.some((raw) => raw.brings && (typeof raw.lot === 'object' || raw.units))
  const defaults = needsDefaults ? await loadDefaults(scope, products) : new Map<ProductId, { makerId: PartyId | null; noLotId: LotId }>()
  const issuerOf = (at: number, named: PartyRef | undefined): { issuerId: PartyId | null; create: PartyId | false } => {
    const brings = raws[at]?.brings
    if (named !== undefined) return { issuerId: parties(named), create: brings ? parties(named) : false }
    if (!brings) return { issuerId: null, create: false }
    const maker = defaults.get(products[at] as ProductId)?.makerId
    const issuer = brings.issuer === 'own' ? ownPartyId(scope.organizationId) : (maker ?? (brings.issuer === 'supplier' ? supplier : null) ?? unknownPartyId(scope.organizationId))
    return { issuerId: brings.issuer === 'found' ? null : issuer, create: issuer }
  }

  const lots: (LotId | null)[] = raws.map((raw) => (typeof raw.lot === 'string' ? (raw.lot as LotId) : null))
  const inputLots = await lotsOfInputUnits(scope, raws, products)
  // an output that bears the code of an input of its product is that lot: reworked flour is not a second lot of one code
  const inputOf = (at: number): (() => LotId | null) | undefined => {
    const { role, lot } = raws[at] as Raw
    if (role !== 'output' || typeof lot !== 'object' || lot.issuer !== undefined) return undefined
    const index = raws.findIndex((input, other) => input.role === 'input' && typeof input.lot === 'object' && input.lot.code === lot.code && products[other] === products[at])
    const ofUnits = inputLots.get(`${products[at]}/${lot.code}`)
    return index >= 0 ? () => lots[index] ?? null : ofUnits && (() => ofUnits)
  }
  const asked = raws.flatMap((raw, at) => (typeof raw.lot === 'object' && !inputOf(at) ? [{ at, raw, lot: raw.lot }] : []))
  if (asked.length > 0) {
    const met = await meetLots(scope, asked.map(({ at, raw, lot }) => ({
      productId: products[at] as ProductId, code: lot.code, ...issuerOf(at, lot.issuer), ...(raw.dates && { dates: raw.dates }), ...(raw.family !== undefined && { familyCode: raw.family }), ...(raw.lotProperties && { properties: raw.lotProperties }),
    })))
    asked.forEach(({ at }, index) => void (lots[at] = met[index] ?? null))
  }
  raws.forEach((_, at) => {
    const found = inputOf(at)
    if (found) lots[at] = found()
  })

  const named = raws.flatMap((raw, at) => (raw.units ?? []).flatMap((unit, index) => (typeof unit === 'object' && 'serial' in unit ? [{ at, index, unit }] : [])))
  const comesBack = await unitsThatComeBack(scope, raws, products, run)
  const met = named.length === 0 ? [] : await meetUnits(scope, named.map(({ at, unit }) => {
    const back = comesBack.has(`${raws[at]?.role}/${products[at]}/${unit.serial}`) && unit.issuer === undefined
    const lotId = lots[at] ?? (raws[at]?.brings && !back ? (defaults.get(products[at] as ProductId)?.noLotId ?? null) : null)
    return { productId: products[at] as ProductId, lotId, serial: unit.serial, ...issuerOf(at, unit.issuer), ...(back && { issuerId: null }) }
  }))
  const bySerial = new Map(named.map(({ at, index }, position) => [`${at}/${index}`, met[position] as UnitId]))
  const units = raws.map((raw, at) => raw.units?.map((unit, index): DraftUnit => {
    if (typeof unit === 'string') return { unitId: unit as UnitId, quantity: null, second: null }
    const unitId = 'id' in unit ? (unit.id as UnitId) : (bySerial.get(`${at}/${index}`) as UnitId)
    return { unitId, quantity: unit.quantity ?? null, second: unit.secondQuantity ?? null }
  }) ?? null)
  return { lots, units }
}

/** The lots of the units that a run takes up, by product and code: a piece cut off a roll is of the roll's lot. */
async function lotsOfInputUnits(scope: CommandScope, raws: readonly Raw[], products: readonly ProductId[]): Promise<ReadonlyMap<string, LotId>> {
  const outputs = new Set(raws.flatMap((raw, at) => (raw.role === 'output' && typeof raw.lot === 'object' && raw.lot.issuer === undefined ? [products[at]] : [])))
  const units = raws.flatMap((raw, at) => (raw.role === 'input' && outputs.has(products[at]) ? (raw.units ?? []).map((unit) => ({ productId: products[at] as ProductId, unit })) : []))
  if (units.length === 0) return new Map()
  const serialOf = (unit: UnitRef): string | null => (typeof unit === 'object' && 'serial' in unit ? unit.serial : null)
  const rows = await scope.tx.rows<{ product_id: ProductId; code: string; lot_id: LotId }>(sql`
    select distinct u.product_id, l.code, coalesce(l.merged_into, l.lot_id) as lot_id
    from unnest(${units.map((one) => one.productId)}::uuid[], ${units.map((one) => (typeof one.unit === 'string' ? one.unit : 'id' in one.unit ? one.unit.id : null))}::uuid[], ${units.map((one) => serialOf(one.unit))}::text[],
                ${units.map((one) => fold(serialOf(one.unit) ?? ''))}::text[]) as a (product_id, unit_id, serial, folded)
    join unit u on u.organization_id = ${scope.organizationId} and u.product_id = a.product_id and (u.unit_id = a.unit_id or u.folded = a.folded and u.serial = a.serial)
    join lot l on l.organization_id = ${scope.organizationId} and l.lot_id = u.lot_id and l.code is not null
    order by 1, 2, 3`)
  const byCode = Map.groupBy(rows, (row) => `${row.product_id}/${row.code}`)
  // where two units are of different lots of one code, nobody knows which is meant
  return new Map([...byCode].flatMap(([name, lots]) => (lots.length === 1 && lots[0] ? [[name, lots[0].lot_id] as const] : [])))
}

/**
 * Outputs that are no new units though the run is ours: what went into this very run (a bicycle that is mended), or into
 * an earlier one (a motor that is taken out again). Whoever issued the serial, it stays that unit. By `output/product/serial`.
 */
async function unitsThatComeBack(scope: CommandScope, raws: readonly Raw[], products: readonly ProductId[], run: RunKind | null): Promise<ReadonlySet<string>> {
  const serialsOf = (role: 'input' | 'output') => raws.flatMap((raw, at) => (raw.role !== role ? [] : (raw.units ?? []).flatMap((unit) => (typeof unit === 'object' && 'serial' in unit ? [{ productId: products[at] as ProductId, serial: unit.serial }] : []))))
  const outputs = run === null ? [] : serialsOf('output')
  if (outputs.length === 0) return new Set()
  const back = new Set(serialsOf('input').map((one) => `output/${one.productId}/${one.serial}`))
  if (run === 'production') return back
  const rows = await scope.tx.rows<{ product_id: ProductId; serial: string }>(sql`
    select u.product_id, u.serial
    from unnest(${outputs.map((one) => one.productId)}::uuid[], ${outputs.map((one) => one.serial)}::text[], ${outputs.map((one) => fold(one.serial))}::text[]) as a (product_id, serial, folded)
    join unit u on u.organization_id = ${scope.organizationId} and u.folded = a.folded and u.product_id = a.product_id and u.serial = a.serial and u.place_id = ${systemPlaceId(scope.organizationId, 'process')}`)
  for (const row of rows) back.add(`output/${row.product_id}/${row.serial}`)
  return back
}

async function loadDefaults(scope: CommandScope, products: readonly ProductId[]): Promise<Map<ProductId, { makerId: PartyId | null; noLotId: LotId }>> {
  const rows = await scope.tx.rows<{ product_id: ProductId; maker_id: PartyId | null; no_lot_id: LotId }>(sql`
    select product_id, maker_id, no_lot_id from product where organization_id = ${scope.organizationId} and product_id = any(${[...new Set(products)]}::uuid[])`)
  return new Map(rows.map((row) => [row.product_id, { makerId: row.maker_id, noLotId: row.no_lot_id }]))
}

/** Moving, shipping or unpacking a plate is a line per content row. */
async function plateLines(scope: CommandScope, wholePlates: readonly WholePlate[], plates: (plate: PlateInput) => PlateId, places: (where: Where) => PlaceId): Promise<DraftLine[]> {
  if (wholePlates.length === 0) return []
  const contents = await lockPlates(scope.tx, scope.organizationId, wholePlates.map((whole) => plates(whole.plate)))
  return wholePlates.flatMap((whole) => {
    const plateId = plates(whole.plate)
    const content = contents.get(plateId)
    const name = typeof whole.plate === 'string' ? whole.plate : whole.plate.code
    if (!content) throw refuse('plate_unknown', { plate: name })
    if (content.length === 0) throw refuse('plate_empty', { plate: name, at: whole.at })
    return content.map((row): DraftLine => {
      const unpack = 'id' in whole.to && whole.to.id === UNPACK
      return {
        at: whole.at, role: null, productId: row.productId, lotId: row.lotId, units: row.unitIds.length > 0 ? row.unitIds.map((unitId) => ({ unitId, quantity: null, second: null })) : null,
        from: row.spot, to: unpack ? { ...row.spot, plateId: LOOSE } : { placeId: places(whole.to), ownerId: row.spot.ownerId, plateId }, ownerOpen: false, plateOpen: false,
        quantity: formatQuantity(row.onHand), uom: null, packQuantity: wholeUnits(1), second: row.second > 0n ? formatQuantity(row.second) : null, cost: null, uses: null,
      }
    })
  })
}

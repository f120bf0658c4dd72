import type { Random } from '#src/lib/random.ts'
import { formatQuantity, type Quantity } from '#src/lib/quantity.ts'
import { mastersOf } from '../support/masters.ts'
import type { TestApp } from '../support/app.ts'
import type { Auditor, Body, World } from './auditor.ts'

/** A small business: a dairy that also sells bicycles, pumps, cloth and hams, because each is kept in another way. */
const products = {
  CREAM: { uom: 'kg', tracking: 'lot', measured: false, weighed: false, blocks: true, scale: 3 },
  BUTTER: { uom: 'kg', tracking: 'lot', measured: false, weighed: false, blocks: false, scale: 3 },
  SALT: { uom: 'kg', tracking: 'none', measured: false, weighed: false, blocks: false, scale: 3 },
  BIKE: { uom: 'each', tracking: 'serial', measured: false, weighed: false, blocks: false, scale: 0 },
  PUMP: { uom: 'each', tracking: 'lot_and_serial', measured: false, weighed: false, blocks: false, scale: 0 },
  ROLL: { uom: 'm', tracking: 'lot_and_serial', measured: true, weighed: false, blocks: false, scale: 3 },
  HAM: { uom: 'each', tracking: 'lot', measured: false, weighed: true, blocks: false, scale: 0 },
} as const
type Sku = keyof typeof products
const places = { DOCK: 'staging', SHELF: 'storage', COLD: 'storage', LINE: 'production', QUARANTINE: 'quarantine', TANK: 'tank' } as const
const dry = ['DOCK', 'SHELF', 'COLD', 'LINE', 'QUARANTINE']
const suppliers = ['Hill Farm', 'Lake Works']
const customers = ['Corner Shop', 'Anna']
const owners = ['Coop']
const plates = ['PAL-1', 'PAL-2', 'PAL-3', 'PAL-4']

export const world: World = {
  products: new Map(Object.entries(products)),
  places: new Map(Object.entries(places).map(([code, kind]) => [code, kind === 'tank' ? 'tank' : 'storage'])),
  plates,
}

/** Founds the business in the organisation of this API. */
export async function foundBusiness(api: TestApp['api']): Promise<void> {
  const masters = mastersOf(api)
  for (const [sku, { uom, tracking, measured, weighed, blocks, scale }] of Object.entries(products)) {
    await masters.product(sku, { uom, tracking, measured, scale, blocksAfterDate: blocks, ...(weighed ? { secondUom: 'kg' } : {}) })
  }
  for (const party of [...suppliers, ...customers, ...owners]) await masters.party(party)
  for (const [code, kind] of Object.entries(places)) await masters.place(code, kind)
  for (const plate of plates) await masters.plate(plate)
}

/** One request of the API; `kind` says how the auditor reads it. */
export interface Request {
  readonly kind: 'movement' | 'reverse' | 'reserve' | 'release' | 'bulk' | 'hold' | 'release_hold' | 'merge' | 'garbage'
  readonly path: string
  readonly body: Body
  /** Of a merge, the names of what its ids stand for. */
  readonly lots?: { readonly product: string; readonly from: string; readonly into: string }
}

/** Shares of what such a business does in a week. */
const shares = {
  receive: 16, move: 11, adjust: 7, transform: 20, ship: 14, return: 4, change_owner: 3, pack: 5, unpack: 4, sample: 2, destroy: 2, reverse: 9, reserve: 6, release: 3, hold: 2, release_hold: 2, merge: 1, bulk: 4, garbage: 3,
} as const

/** Everything the workload looks at when it decides what to do next. */
export interface Situation {
  readonly random: Random
  readonly auditor: Auditor
  readonly now: number
  /** Tells names of this step from those of others. */
  readonly tag: string
}

export function nextRequest(situation: Situation): Request {
  const kind = situation.random.weighted(shares)
  switch (kind) {
    case 'reverse': return reverse(situation) ?? movement(situation, 'receive')
    case 'reserve': return reserve(situation) ?? movement(situation, 'receive')
    case 'release': return release(situation) ?? movement(situation, 'receive')
    case 'hold': return hold(situation) ?? movement(situation, 'receive')
    case 'release_hold': return releaseHold(situation) ?? movement(situation, 'receive')
    case 'merge': return merge(situation) ?? movement(situation, 'receive')
    case 'bulk': return bulk(situation)
    case 'garbage': return garbage(situation)
    default: return movement(situation, kind)
  }
}

type Kind = 'receive' | 'move' | 'adjust' | 'transform' | 'ship' | 'return' | 'change_owner' | 'pack' | 'unpack' | 'sample' | 'destroy'

function movement(situation: Situation, kind: Kind): Request {
  const body = bodies[kind](situation)
  if (!body) return movement(situation, 'receive')
  return { kind: 'movement', path: `/movements/${kind.replaceAll('_', '-')}`, body: { ...body, ...(body.itIsHere ? {} : when(situation)) } }
}

/** Mostly now; sometimes told late, by the minute as people do, or by a clock that is ahead. */
function when({ random, now }: Situation): Body {
  const said = (at: number): Body => ({ occurredAt: new Date(at).toISOString() })
  const minute = 60_000
  switch (random.weighted({ now: 74, late: 10, minute: 8, tie: 4, ahead: 3, future: 1 })) {
    case 'now': return {}
    case 'late': return said(now - random.whole(1, 3 * 24 * 60) * minute - random.whole(0, minute))
    case 'minute': return said(Math.floor((now - random.whole(1, 600) * minute) / minute) * minute)
    case 'tie': return said(Math.floor(now / (10 * minute)) * 10 * minute)
    case 'ahead': return said(now + random.whole(1, 4) * minute)
    default: return said(now + random.whole(10, 600) * minute)
  }
}

// What is there to choose from ----------------------------------------------------------------------------------------------

interface Entry {
  readonly product: Sku
  readonly lot: string
  readonly place: string
  readonly owner: string
  readonly plate: string
  readonly quantity: bigint
  readonly second: bigint
}

function entries({ auditor }: Situation): Entry[] {
  return [...auditor.onHand()].filter(([, { quantity }]) => quantity > 0n).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, { quantity, second }]) => {
    const [product, lot = '', place = '', owner = '', plate = ''] = key.split('|')
    return { product: product as Sku, lot, place, owner, plate, quantity, second }
  })
}

const byUnits = (sku: Sku): boolean => products[sku].measured || products[sku].tracking === 'serial' || products[sku].tracking === 'lot_and_serial'

interface UnitEntry {
  readonly product: Sku
  readonly serial: string
  readonly lot: string
  readonly place: string
  readonly owner: string
  readonly plate: string
  readonly measure: bigint
}

function unitEntries({ auditor }: Situation): UnitEntry[] {
  return [...auditor.unitStates()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { product, lot, spot, measure }]) => ({ product: product as Sku, serial: name.slice(product.length + 1), lot, ...spot, measure }))
}

const text = (amount: bigint): string => formatQuantity(amount as Quantity)

/** Mostly some of it, often all of it, sometimes more than there is. */
function portion(random: Random, whole: bigint, scale: number): bigint {
  const step = 10n ** BigInt(9 - scale)
  const part = (share: number): bigint => {
    const amount = ((whole * BigInt(Math.round(share * 1_000_000))) / 1_000_000n / step) * step
    return amount > 0n ? amount : step
  }
  switch (random.weighted({ some: 70, all: 20, more: 10 })) {
    case 'some': return part(random.fraction())
    case 'all': return whole
    default: return part(1 + random.fraction()) + step
  }
}

interface Taken {
  readonly fields: Body
  readonly place: string
  readonly product: Sku
  readonly lot: string
  readonly amount: bigint
}

/** Some goods that are (probably) there, as a line names them. */
function take(situation: Situation, fits: (entry: { product: Sku; place: string; lot: string }) => boolean = () => true): Taken | undefined {
  const { random } = situation
  const units = unitEntries(situation).filter((unit) => !unit.place.startsWith('@') && unit.measure > 0n && fits(unit))
  const lots = entries(situation).filter((entry) => !byUnits(entry.product) && fits(entry))
  if (units.length > 0 && (lots.length === 0 || random.chance(0.4))) return takeUnits(situation, random.pick(units), units)
  if (lots.length === 0) return undefined
  return takeLot(situation, random.pick(lots))
}

function takeLot({ random, auditor }: Situation, entry: Entry): Taken {
  const { scale, weighed } = products[entry.product]
  const mixed = entry.place === 'TANK' && entry.plate === '' && random.chance(0.9)
  const inTank = (): bigint => [...auditor.onHand()].filter(([key]) => key.startsWith(`${entry.product}|`) && key.includes(`|TANK|${entry.owner}|`)).reduce((sum, [, { quantity }]) => sum + quantity, 0n)
  const amount = portion(random, mixed ? inTank() : entry.quantity, scale)
  const weight = entry.second > 0n && weighed && !(amount === entry.quantity && random.chance(0.5)) && random.chance(0.9) ? portion(random, entry.second, 3) : null
  return {
    place: entry.place, product: entry.product, lot: entry.lot, amount,
    fields: {
      product: { sku: entry.product }, ...(entry.lot !== '' && !mixed ? { lot: { code: entry.lot } } : {}), quantity: text(amount), ...(weight === null ? {} : { secondQuantity: text(weight) }),
      ...(entry.owner === 'us' ? {} : { owner: { name: entry.owner } }), ...(entry.plate === '' ? {} : { plate: { code: entry.plate } }),
    },
  }
}

function takeUnits({ random }: Situation, first: UnitEntry, all: readonly UnitEntry[]): Taken {
  const beside = all.filter((unit) => unit.product === first.product && unit.place === first.place && unit !== first)
  const chosen = [first, ...random.shuffled(beside).slice(0, random.whole(0, 2))]
  const lot = chosen.every((unit) => unit.lot === first.lot) && first.lot !== '' && random.chance(0.5)
  const named = random.chance(0.3) && chosen.every((unit) => unit.owner === first.owner && unit.plate === first.plate)
  return {
    place: first.place, product: first.product, lot: first.lot, amount: chosen.reduce((sum, unit) => sum + unit.measure, 0n),
    fields: {
      product: { sku: first.product }, ...(lot ? { lot: { code: first.lot } } : {}), units: chosen.map(({ serial }) => ({ serial })),
      ...(named && first.owner !== 'us' ? { owner: { name: first.owner } } : {}), ...(named && first.plate !== '' ? { plate: { code: first.plate } } : {}),
    },
  }
}

/** Lines that are (probably) not the same goods twice. */
function takeSome(situation: Situation, most: number, fits?: Parameters<typeof take>[1]): Taken[] {
  const seen = new Set<string>()
  return Array.from({ length: situation.random.whole(1, most) }, () => take(situation, fits)).filter((taken): taken is Taken => {
    const name = taken && JSON.stringify([taken.product, taken.lot, taken.place])
    if (name === undefined || (seen.has(name) && products[taken?.product ?? 'SALT'].weighed)) return false
    seen.add(name)
    return true
  })
}

/** The place that is named: mostly where the goods are. */
const at = ({ random }: Situation, place: string): Body => ({ code: random.chance(0.95) ? place : random.pick(dry) })
const elsewhere = ({ random }: Situation, place: string): Body => ({ code: random.pick(dry.filter((one) => one !== place)) })

// Bodies by kind ------------------------------------------------------------------------------------------------------------

const bodies: { readonly [K in Kind]: (situation: Situation) => Body | undefined } = {
  receive: (situation) => {
    const supplier = situation.random.pick(suppliers)
    return { from: { supplier: { name: supplier } }, lines: Array.from({ length: situation.random.whole(1, 3) }, (_, line) => arriving(situation, situation.random.pick(Object.keys(products) as Sku[]), supplier, line)) }
  },
  move: (situation) => {
    const { random } = situation
    if (random.chance(0.15)) return { lines: [{ wholePlate: { code: random.pick(plates) }, to: { code: random.pick(dry) } }] }
    const here = itIsHere(situation)
    const lines = takeSome(situation, here ? 1 : 2).map(({ fields, place, product }) => ({
      ...fields, from: at(situation, place), to: product === 'CREAM' && random.chance(0.3) ? { code: 'TANK' } : elsewhere(situation, place), ...(random.chance(0.1) ? { toPlate: { code: random.pick(plates) } } : {}),
    }))
    return lines.length > 0 ? { lines, ...here } : undefined
  },
  adjust: (situation) => {
    const { random } = situation
    const against = random.chance(0.7) ? {} : { against: 'loss' }
    if (random.chance(0.35)) {
      const fresh = arriving(situation, random.pick(Object.keys(products) as Sku[]), 'found', 0)
      return { reason: 'found', lines: [{ ...fresh, to: undefined, place: fresh.to, direction: 'up', ...against }] }
    }
    const taken = take(situation)
    if (!taken) return undefined
    const upwards = !taken.fields.units && random.chance(0.4)
    return { reason: 'counted', lines: [{ ...taken.fields, place: at(situation, taken.place), direction: upwards ? 'up' : 'down', ...against }] }
  },
  transform: (situation) => transform(situation),
  ship: (situation) => {
    const { random, auditor, now } = situation
    const to = { customer: { name: random.pick(customers) } }
    if (random.chance(0.08)) return { to, lines: [{ wholePlate: { code: random.pick(plates) } }] }
    const promises = auditor.openAllocations(now)
    const promise = promises.length > 0 && random.chance(0.4) ? random.pick(promises) : undefined
    const here = promise ? undefined : itIsHere(situation)
    const taken = promise ? promised(situation, promise) : takeSome(situation, here ? 1 : 3)
    const [type, ...number] = promise?.demand.split(' ') ?? []
    return taken.length > 0 ? { to, ...(promise ? { demand: { type, number: number.join(' ') } } : {}), lines: taken.map(({ fields, place }) => ({ ...fields, from: at(situation, place) })), ...here } : undefined
  },
  return: (situation) => {
    const { random, auditor } = situation
    const sold = unitEntries(situation).filter((unit) => unit.place.startsWith('@customer'))
    const to = { code: random.pick(['DOCK', 'QUARANTINE']) }
    if (sold.length > 0 && random.chance(0.6)) {
      const unit = random.pick(sold)
      const from = random.chance(0.9) ? unit.place.replace('@customer:', '') : random.pick(customers)
      return { from: { customer: { name: from } }, lines: [{ product: { sku: unit.product }, units: [{ serial: unit.serial }], to }] }
    }
    const [product = '', lot = ''] = random.pick([...auditor.lots.keys()].filter((name) => !byUnits(name.split('/')[0] as Sku)).concat('SALT/')).split('/')
    const { scale, weighed } = products[product as Sku]
    return { from: { customer: { name: random.pick(customers) } }, lines: [{ product: { sku: product }, ...(lot === '' ? {} : { lot: { code: lot } }), quantity: text(portion(random, 5_000_000_000n, scale)), ...(weighed && random.chance(0.8) ? { secondQuantity: '4.2' } : {}), to }] }
  },
  change_owner: (situation) => {
    const taken = take(situation, (entry) => entry.place !== 'TANK')
    return taken && { reason: 'agreed', lines: [{ ...taken.fields, place: at(situation, taken.place), toOwner: situation.random.chance(0.5) ? { name: 'Coop' } : { name: 'Lake Works' } }] }
  },
  pack: (situation) => {
    const taken = takeSome(situation, 2, (entry) => entry.place !== 'TANK')
    return taken.length === 0 ? undefined : { plate: { code: situation.random.pick(plates) }, lines: taken.map(({ fields: { plate, ...fields }, place }) => ({ ...fields, ...(plate ? { fromPlate: plate } : {}), place: at(situation, place) })) }
  },
  unpack: (situation) => {
    const { random } = situation
    const packed = entries(situation).filter((entry) => entry.plate !== '' && !byUnits(entry.product))
    if (packed.length === 0 || random.chance(0.3)) return { plate: { code: random.pick(plates) } }
    const taken = takeLot(situation, random.pick(packed))
    const { plate, ...fields } = taken.fields
    return { plate, lines: [{ ...fields, place: at(situation, taken.place) }] }
  },
  sample: (situation) => taking(situation, 'quality'),
  destroy: (situation) => taking(situation, 'spoilt'),
}

function itIsHere({ random }: Situation): Body | undefined {
  return random.chance(0.12) ? { itIsHere: true } : undefined
}

function taking(situation: Situation, reason: string): Body | undefined {
  const taken = take(situation)
  return taken && { reason, lines: [{ ...taken.fields, from: at(situation, taken.place) }] }
}

/** Goods that come in: a lot seen before or a new one, new serials, now and then a serial seen before. */
function arriving({ random, auditor, now, tag }: Situation, product: Sku, source: string, line: number): Body {
  const { tracking, measured, weighed, scale } = products[product]
  const mark = source.slice(0, 1)
  const known = [...auditor.lots.keys()].filter((name) => name.startsWith(`${product}/${mark}-`)).map((name) => name.slice(product.length + 1))
  const fresh = known.length === 0 || random.chance(0.6)
  const lot = fresh ? `${mark}-${tag}-${line}` : random.pick(known)
  const dates = product === 'CREAM' && fresh ? { dates: { useBy: new Date(now + random.whole(0, 8) * 86_400_000).toISOString().slice(0, 10) }, family: `DAY-${new Date(now).toISOString().slice(0, 10)}` } : {}
  const byLot = tracking === 'lot' || tracking === 'lot_and_serial'
  const tank = product === 'CREAM' && random.chance(0.4)
  const to = tank ? 'TANK' : random.pick(['DOCK', 'DOCK', 'COLD'])
  const count = random.whole(1, 4)
  // a serial is known by its issuer too: one supplier's serials are not another's
  const seen = [...auditor.units.keys()].filter((name) => name.startsWith(`${product}/${mark}-`)).map((name) => name.slice(product.length + 1))
  const serials = Array.from({ length: count }, (_, number) => (seen.length > 0 && random.chance(0.05) ? random.pick(seen) : `${mark}-${tag}-${line}-${number}`))
  const what = byUnits(product)
    ? { units: serials.map((serial) => (measured ? { serial, quantity: text(portion(random, 50_000_000_000n, scale)) } : { serial })) }
    : { quantity: text(portion(random, 40_000_000_000n, scale)), ...(weighed && random.chance(0.85) ? { secondQuantity: text(portion(random, 80_000_000_000n, 3)) } : {}) }
  return {
    product: { sku: product }, ...(byLot ? { lot: { code: lot } } : {}), ...what, ...(byLot ? dates : {}), to: { code: to },
    ...(random.chance(0.12) ? { owner: { name: 'Coop' } } : {}), ...(!tank && random.chance(0.08) ? { plate: { code: random.pick(plates) } } : {}),
  }
}

/** What was promised, taken for the demand it was promised to. */
function promised(situation: Situation, promise: { key: string; unit: string | null; open: bigint }): Taken[] {
  const [product = '', lot = '', place = '', owner = '', plate = ''] = promise.key.split('|')
  if (promise.unit !== null) return [{ place, product: product as Sku, lot, amount: promise.open, fields: { product: { sku: product }, units: [{ serial: promise.unit.slice(product.length + 1) }] } }]
  const quantity = situation.auditor.onHand().get(promise.key)
  const taken = takeLot(situation, { product: product as Sku, lot, place, owner, plate, quantity: situation.random.chance(0.6) ? promise.open : (quantity?.quantity ?? promise.open), second: quantity?.second ?? 0n })
  return [taken]
}

function transform(situation: Situation): Body | undefined {
  const { random, auditor, tag } = situation
  const to = { code: random.pick(['LINE', 'COLD']) }
  const fromOf = (taken: Taken): Body => ({ ...taken.fields, from: at(situation, taken.place) })
  const madeLots = [...auditor.lots.keys()].filter((name) => name.startsWith('BUTTER/M-')).map((name) => name.slice('BUTTER/'.length))
  const made = madeLots.length === 0 || random.chance(0.7) ? `M-${tag}` : random.pick(madeLots)
  switch (random.weighted({ production: 9, cut: 4, split: 2, merge: 2, rework: 2, disassembly: 2, mixing: 2 })) {
    case 'production': {
      const inputs = takeSome(situation, 2, (entry) => entry.product === 'CREAM' || entry.product === 'SALT')
      const runs = auditor.movements.filter((one) => one.kind === 'transform' && one.lines.some((line) => line.product === 'BUTTER') && one.lines.some((line) => line.role === 'input' && line.product !== 'BUTTER') && !auditor.movements.some((other) => other.reverses === one.id))
      const goesOn = runs.length > 0 && random.chance(0.1) ? { runId: random.pick(runs).id } : {}
      if (inputs.length === 0) return undefined
      return { run: 'production', ...goesOn, inputs: inputs.map(fromOf), outputs: [{ product: { sku: 'BUTTER' }, lot: { code: made }, quantity: text(portion(random, 10_000_000_000n, 3)), to }] }
    }
    case 'cut': {
      const [piece] = random.shuffled(unitEntries(situation).filter((unit) => unit.product === 'ROLL' && !unit.place.startsWith('@') && unit.measure > 0n))
      if (!piece) return undefined
      const amount = portion(random, piece.measure, 3)
      const first = random.chance(0.5) && amount > 2_000_000n ? portion(random, amount - 1_000_000n, 3) % amount : amount
      const parts = first > 0n && first < amount ? [first, amount - first] : [amount]
      if (random.chance(0.05)) parts.push(1_000_000n)
      return {
        run: 'cut', inputs: [{ product: { sku: 'ROLL' }, units: [{ serial: piece.serial, quantity: text(amount) }], from: at(situation, piece.place) }],
        outputs: parts.map((part, number) => ({ product: { sku: 'ROLL' }, lot: { code: piece.lot }, units: [{ serial: `M-${tag}-${number}`, quantity: text(part) }], to, ...(piece.owner === 'us' ? {} : { owner: { name: piece.owner } }) })),
      }
    }
    case 'split': {
      const taken = take(situation, (entry) => entry.product === 'BUTTER' && entry.place !== 'TANK')
      if (!taken) return undefined
      const parts = taken.amount > 2_000_000n ? [1_000_000n, taken.amount - 1_000_000n] : [taken.amount]
      return { run: 'split', inputs: [fromOf(taken)], outputs: parts.map((part, number) => ({ product: { sku: 'BUTTER' }, lot: { code: `M-${tag}-${number}` }, quantity: text(part), to })) }
    }
    case 'merge': {
      const inputs = takeSome(situation, 3, (entry) => entry.product === 'BUTTER')
      if (inputs.length === 0) return undefined
      return { run: 'merge', inputs: inputs.map(fromOf), outputs: [{ product: { sku: 'BUTTER' }, lot: { code: made }, quantity: text(inputs.reduce((sum, one) => sum + one.amount, 0n)), to }] }
    }
    case 'rework': {
      const taken = take(situation, (entry) => entry.product === 'BIKE')
      return taken && { run: 'rework', inputs: [fromOf(taken)], outputs: [{ ...taken.fields, plate: undefined, to }] }
    }
    case 'disassembly': {
      const taken = take(situation, (entry) => entry.product === 'BIKE')
      return taken && { run: 'disassembly', inputs: [fromOf(taken)], outputs: [{ product: { sku: 'PUMP' }, lot: { code: `M-${tag}` }, units: [{ serial: `M-${tag}` }], to }, { product: { sku: 'SALT' }, quantity: '0.001', to }] }
    }
    default: {
      const inputs = takeSome(situation, 2, (entry) => entry.product === 'CREAM')
      if (inputs.length === 0) return undefined
      return { run: 'mixing', inputs: inputs.map(fromOf), outputs: [{ product: { sku: 'CREAM' }, lot: { code: `M-${tag}` }, quantity: text(portion(random, 10_000_000_000n, 3)), to: { code: 'TANK' } }, { product: { sku: 'SALT' }, quantity: '0.5', to }] }
    }
  }
}

// Other requests ------------------------------------------------------------------------------------------------------------

/** Mostly of late, sometimes of long ago, sometimes what was reversed already. */
function reverse({ random, auditor }: Situation): Request | undefined {
  const { movements } = auditor
  if (movements.length === 0) return undefined
  const back = random.chance(0.7) ? random.whole(1, Math.min(12, movements.length)) : random.whole(1, movements.length)
  const movement = movements[movements.length - back]
  return movement && { kind: 'reverse', path: `/movements/${movement.id}/reverse`, body: { meaning: random.chance(0.5) ? 'never_happened' : 'undone', reason: 'a mistake' } }
}

function reserve(situation: Situation): Request | undefined {
  const { random, now, tag } = situation
  const taken = takeSome(situation, 2)
  if (taken.length === 0) return undefined
  const soft = random.chance(0.4) ? { firmness: 'soft', expiresAt: new Date(now + random.whole(-10, 600) * 60_000).toISOString() } : {}
  return { kind: 'reserve', path: '/allocations', body: { demand: { type: 'sales_order', number: `SO-${random.chance(0.7) ? tag : random.whole(1, 5)}` }, ...soft, lines: taken.map(({ fields, place }) => ({ ...fields, from: at(situation, place) })) } }
}

function release({ random, auditor, now }: Situation): Request | undefined {
  const open = auditor.openAllocations(now)
  if (open.length === 0) return undefined
  const [type, ...number] = random.pick(open).demand.split(' ')
  return { kind: 'release', path: '/allocations/release', body: { demand: { type, number: number.join(' ') } } }
}

function hold(situation: Situation): Request | undefined {
  const { random, auditor } = situation
  const reason = 'a question'
  const allows = random.chance(0.2) ? { allows: ['ship'] } : {}
  const body = (subject: Body): Request => ({ kind: 'hold', path: '/holds', body: { ...subject, reason, ...allows } })
  const [lot] = random.shuffled([...auditor.lots.keys()])
  const [unit] = random.shuffled([...auditor.units.keys()])
  switch (random.weighted({ lot: 5, unit: 3, plate: 1, place: 1, family: 1 })) {
    case 'unit': return unit === undefined ? undefined : body({ subject: 'unit', product: { sku: unit.split('/')[0] }, unit: { serial: unit.slice(unit.indexOf('/') + 1) } })
    case 'plate': return body({ subject: 'plate', plate: { code: random.pick(plates) } })
    case 'place': return body({ subject: 'place', place: { code: 'QUARANTINE' } })
    case 'family': {
      const [family] = random.shuffled([...new Set([...auditor.lots.values()].flatMap((one) => one.family ?? []))])
      return family === undefined ? undefined : body({ subject: 'family', family: { code: family } })
    }
    default: return lot === undefined ? undefined : body({ subject: 'lot', product: { sku: lot.split('/')[0] }, lot: { code: lot.slice(lot.indexOf('/') + 1) } })
  }
}

function releaseHold({ random, auditor }: Situation): Request | undefined {
  const open = auditor.holds.filter((one) => !one.released)
  if (open.length === 0) return undefined
  return { kind: 'release_hold', path: `/holds/${random.pick(open).id}/release`, body: { reason: 'decided' } }
}

/** Two lots of a product are found to be one; now and then one of them was found to be another before. */
function merge({ random, auditor }: Situation): Request | undefined {
  const names = [...auditor.lotIds.keys()].filter((name) => !name.endsWith('/')).sort()
  if (names.length === 0) return undefined
  const first = random.pick(names)
  const product = first.split('/')[0] ?? ''
  const second = random.pick(names.filter((name) => name.startsWith(`${product}/`)))
  const code = (name: string): string => name.slice(product.length + 1)
  return { kind: 'merge', path: `/lots/${auditor.lotIds.get(first)}/merge`, body: { into: auditor.lotIds.get(second), reason: 'the same' }, lots: { product, from: code(first), into: code(second) } }
}

function bulk(situation: Situation): Request {
  const { random } = situation
  const kinds: Kind[] = ['receive', 'move', 'ship', 'adjust']
  const movements = Array.from({ length: random.whole(2, 4) }, (_, number) => {
    const made = movement({ ...situation, tag: `${situation.tag}b${number}` }, random.pick(kinds))
    return { kind: made.path.replace('/movements/', '').replaceAll('-', '_'), ...made.body, itIsHere: undefined }
  })
  return { kind: 'bulk', path: '/movements/bulk', body: { atomic: random.chance(0.5), movements } }
}

/** What a scanner or a broken client may send: it is turned away and changes nothing. */
function garbage(situation: Situation): Request {
  const { random } = situation
  const path = `/movements/${random.pick(['receive', 'ship', 'move', 'adjust', 'transform', 'pack', 'sample', 'bulk'])}`
  const junk = random.pick<Body>([
    null, [], 7, 'text', {}, { lines: [] }, { lines: [{}] }, { lines: [{ product: { sku: 'CREAM' }, quantity: '-1', from: { code: 'DOCK' } }] }, { from: { supplier: { name: "Robert'); drop table movement;--" } }, lines: [] },
    { from: { supplier: { name: 'Hill Farm' } }, lines: [{ product: { sku: 'CREAM' }, lot: { code: '\u0000' }, quantity: '1', to: { code: 'DOCK' } }] },
    { from: { supplier: { name: 'Hill Farm' } }, lines: [{ product: { sku: 'CREAM' }, lot: { code: 'G-1' }, quantity: '999999999999999999999999', to: { code: 'DOCK' } }] },
    { from: { supplier: { name: 'Hill Farm' } }, lines: [{ product: { sku: 'CREAM' }, lot: { code: 'G-1' }, quantity: '1e3', to: { code: 'DOCK' } }] },
    { from: { supplier: { name: 'Hill Farm' } }, lines: [{ product: { sku: 'CREAM' }, lot: { code: 'G-1' }, quantity: '0.0001', to: { code: 'DOCK' } }] },
    { from: { supplier: { name: 'Nobody' } }, lines: [{ product: { sku: 'CREAM' }, lot: { code: 'G-1' }, quantity: '1', to: { code: 'DOCK' } }] },
    { from: { supplier: { name: 'Hill Farm' } }, lines: [{ product: { sku: 'UNICORN' }, quantity: '1', to: { code: 'DOCK' } }] },
    { from: { supplier: { name: 'Hill Farm' } }, lines: [{ product: { sku: 'SALT' }, quantity: '1', to: { code: 'NOWHERE' } }] },
    { from: { supplier: { name: 'Hill Farm' } }, lines: [{ product: { sku: 'SALT' }, quantity: '1', to: { code: 'DOCK' } }], occurredAt: '2026-02-30T00:00:00Z' },
    { to: { customer: { name: 'Anna' } }, lines: [{ product: { sku: 'BIKE' }, units: [{ serial: '💥' }], from: { code: 'DOCK' } }] },
    { inputs: [], outputs: [{ product: { sku: 'SALT' }, quantity: '1', to: { code: 'DOCK' } }] },
    { movements: [{ kind: 'receive' }] }, { kind: 'receive' }, { atomic: 'yes', movements: [] },
  ])
  return { kind: 'garbage', path, body: junk }
}

/** Requests that want the same goods at the same time. */
export function contest(situation: Situation): Request[] {
  const { random, tag } = situation
  const units = unitEntries(situation).filter((unit) => !unit.place.startsWith('@') && unit.measure > 0n && unit.plate === '' && unit.owner === 'us')
  const lots = entries(situation).filter((entry) => !byUnits(entry.product) && !products[entry.product].weighed && entry.place !== 'TANK' && entry.plate === '' && entry.owner === 'us')
  const wanted = units.length > 0 && (lots.length === 0 || random.chance(0.4)) ? random.pick(units) : lots.length > 0 ? random.pick(lots) : undefined
  if (!wanted) return [movement(situation, 'receive')]
  const other = random.pick(dry.filter((one) => one !== wanted.place))
  return Array.from({ length: random.whole(2, 6) }, (_, number): Request => {
    const what = 'serial' in wanted
      ? { product: { sku: wanted.product }, units: [{ serial: wanted.serial }] }
      : { product: { sku: wanted.product }, ...(wanted.lot === '' ? {} : { lot: { code: wanted.lot } }), quantity: text(portion(random, wanted.quantity, products[wanted.product].scale)) }
    const from = { from: { code: wanted.place } }
    switch (random.weighted({ ship: 5, move: 4, sample: 1, reserve: 2, back: 2, receive: 1 })) {
      case 'ship': return { kind: 'movement', path: '/movements/ship', body: { to: { customer: { name: random.pick(customers) } }, lines: [{ ...what, ...from }] } }
      case 'move': return { kind: 'movement', path: '/movements/move', body: { lines: [{ ...what, ...from, to: { code: other } }] } }
      case 'back': return { kind: 'movement', path: '/movements/move', body: { lines: [{ ...what, from: { code: other }, to: { code: wanted.place } }] } }
      case 'sample': return { kind: 'movement', path: '/movements/sample', body: { reason: 'quality', lines: [{ ...what, ...from }] } }
      case 'reserve': return { kind: 'reserve', path: '/allocations', body: { demand: { type: 'sales_order', number: `SO-${tag}-${number}` }, lines: [{ ...what, ...from }] } }
      default: return { kind: 'movement', path: '/movements/receive', body: { from: { supplier: { name: 'Hill Farm' } }, lines: [{ product: { sku: 'SALT' }, quantity: '1', to: { code: wanted.place } }] } }
    }
  })
}

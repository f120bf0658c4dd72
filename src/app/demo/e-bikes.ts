import { Temporal } from 'temporal-polyfill'
import { resolveException } from '#src/exceptions/contract.ts'
import { placeHold, releaseHold } from '#src/holds/contract.ts'
import { reserveStock, reverseMovement } from '#src/ledger/contract.ts'
import { listUnits } from '#src/serials/contract.ts'
import { step, type DemoCompany } from './company.ts'
import type { GuideStep } from './contract.ts'
import { enterMasters, gtin13, type Masters, type MastersMade } from './masters.ts'
import { dayCode } from './shelf.ts'
import type { MovementBody, Story } from './story.ts'

/**
 * An e-bike maker: frames, motors and batteries with serials go into bikes with serials, each bike knowing its own; bikes
 * come back under warranty and are mended. What went wrong: the batteries of one lot swell, and they are in bikes that
 * went to many dealers.
 */
export const eBikes: DemoCompany = {
  company: 'e_bikes', name: 'Canal E-Bikes', trades: ['automotive', 'electronics'], currency: 'EUR', timeZone: 'Europe/Amsterdam',
  shows: 'Serial numbers of bikes and of the frame, motor and battery in each; rework, warranty returns, one bad battery lot.',
  write,
}

const dealers = ['SPOKE', 'PEDAL', 'VELO', 'CITYBIKE', 'DIJK', 'FIETS'] as const
const models = { 'CITY-7': 'CT', 'CARGO-2': 'CG' } as const
type Model = keyof typeof models

const masters: Masters = {
  facility: { code: 'WORKS', name: 'Canal works', timeZone: 'Europe/Amsterdam' },
  places: {
    'GOODS-IN': ['staging', 'Goods in'], PARTS: ['storage', 'Parts store'], LINE: ['production', 'Assembly line'], BIKES: ['storage', 'Finished bikes'], REPAIR: ['repair', 'Repair bench'], QUARANTINE: ['quarantine', 'Quarantine cage'],
    DISPATCH: ['staging', 'Dispatch'],
  },
  products: [
    { sku: 'CITY-7', name: 'City bike 7-speed', tracking: 'serial', dateKind: 'none', gtin: gtin13('871234500', 1) }, { sku: 'CARGO-2', name: 'Cargo bike long tail', tracking: 'serial', dateKind: 'none', gtin: gtin13('871234500', 2) },
    { sku: 'FRAME', name: 'Frame, aluminium', tracking: 'serial', dateKind: 'none' }, { sku: 'MOTOR', name: 'Mid motor 250 W', tracking: 'serial', dateKind: 'none' },
    { sku: 'BATTERY', name: 'Battery 500 Wh', tracking: 'lot_and_serial', dateKind: 'none' }, { sku: 'WHEELS', name: 'Wheel set 28"', tracking: 'lot', dateKind: 'none' }, { sku: 'CABLES', name: 'Cable', baseUom: 'm', scale: 1, tracking: 'none', dateKind: 'none' },
  ],
  parties: [
    { code: 'FORGE', name: 'Frame Forge', roles: ['supplier', 'maker'] }, { code: 'TORQUE', name: 'Torque Drives', roles: ['supplier', 'maker'] }, { code: 'VOLT', name: 'Voltcell Batteries', roles: ['supplier', 'maker'] },
    { code: 'WHEEL', name: 'Wheelwright', roles: ['supplier'] },
    { code: 'SPOKE', name: 'Spoke & Co', roles: ['customer'] }, { code: 'PEDAL', name: 'Pedal Power', roles: ['customer'] }, { code: 'VELO', name: 'Velo Nord', roles: ['customer'] }, { code: 'CITYBIKE', name: 'City Bike Hub', roles: ['customer'] },
    { code: 'DIJK', name: 'Van Dijk Rijwielen', roles: ['customer'] }, { code: 'FIETS', name: 'Fietshuis Oost', roles: ['customer'] },
  ],
}

const after = (day: string, days: number): string => Temporal.PlainDate.from(day).add({ days }).toString()
const from = (code: string) => ({ code })
const units = (serials: readonly string[]) => serials.map((serial) => ({ serial }))
/** The delivery, counted from 0, whose batteries swell. */
const BAD_DELIVERY = 5
const BAD_LOT = 'VC-2609'

interface Bike {
  readonly serial: string
  readonly model: Model
  readonly battery: string
  readonly motor: string
  dealer: string | null
}

/** What the script keeps in mind while it is told. */
interface Works {
  readonly story: Story
  readonly made: MastersMade
  readonly parts: { readonly frames: string[]; readonly motors: string[]; readonly batteries: string[] }
  /** The lot of each battery. */
  readonly batteryLots: Map<string, string>
  readonly wheels: { readonly lot: string; left: number }[]
  readonly stock: Bike[]
  readonly sold: Bike[]
  /** Bikes that came back and went home. */
  readonly mended: Set<string>
  readonly next: { frame: number; motor: number; battery: number; bike: number; order: number }
  /** What the guide names. */
  readonly named: { badLotId: string | null; promised: readonly string[] }
}

async function write(story: Story): Promise<() => Promise<GuideStep[]>> {
  const made = await enterMasters(story, masters)
  const works: Works = {
    story, made, parts: { frames: [], motors: [], batteries: [] }, batteryLots: new Map(), wheels: [], stock: [], sold: [], mended: new Set(),
    next: { frame: 52_100, motor: 880_400, battery: 31_000, bike: 2_400, order: 7_000 }, named: { badLotId: null, promised: [] },
  }
  planParts(works)
  planBuilding(works)
  planDealers(works)
  planWarranty(works)
  // what does not go by plan
  scanWrongMotors(works)
  unloadVan(works)
  holdFrames(works)
  enterCablesLate(works)
  shipFromWrongRack(works)
  countWheels(works)
  promise(works)
  return () => guideOf(works)
}

/** Parts come in every two weeks, and are put away the next morning. */
function planParts({ story, parts, batteryLots, wheels, next, named }: Works): void {
  const { random } = story
  for (let at = 0; at < 13; at += 1) {
    const day = story.day(at * 14)
    story.plan(day, '09:00', async () => {
      const count = random.whole(20, 23)
      const frames = Array.from({ length: count }, () => `F${(next.frame += 1)}`)
      const motors = Array.from({ length: count }, () => `TD${(next.motor += 1)}`)
      const batteries = Array.from({ length: count }, () => `VB${(next.battery += 1)}`)
      const lot = at === BAD_DELIVERY ? BAD_LOT : `VC-${2604 + at - (at > BAD_DELIVERY ? 0 : 1) + (at > BAD_DELIVERY ? 1 : 0)}`
      const purchase = (code: string) => [{ type: 'purchase_order', number: `PO-${code}-${dayCode(day)}` }]
      await story.post({ kind: 'receive', from: { supplier: from('FORGE') }, references: purchase('F'), device: 'Dock', lines: [{ product: { sku: 'FRAME' }, units: units(frames), unitCost: '210', to: from('GOODS-IN') }] })
      await story.post({ kind: 'receive', from: { supplier: from('TORQUE') }, references: purchase('M'), device: 'Dock', lines: [{ product: { sku: 'MOTOR' }, units: units(motors), unitCost: '340', to: from('GOODS-IN') }] })
      const received = await story.post({ kind: 'receive', from: { supplier: from('VOLT') }, references: purchase('B'), device: 'Dock', lines: [{ product: { sku: 'BATTERY' }, lot: { code: lot }, units: units(batteries), unitCost: '265', to: from('GOODS-IN') }] })
      if (lot === BAD_LOT) named.badLotId = String(received.lines[0]?.lotId)
      const wheelLot = `WW${dayCode(day)}`
      await story.post({ kind: 'receive', from: { supplier: from('WHEEL') }, references: purchase('W'), device: 'Dock', lines: [{ product: { sku: 'WHEELS' }, lot: { code: wheelLot }, quantity: String(count + 2), to: from('PARTS') }, { product: { sku: 'CABLES' }, quantity: '150', to: from('PARTS') }] })
      wheels.push({ lot: wheelLot, left: count + 2 })
      for (const battery of batteries) batteryLots.set(battery, lot)
      story.plan(after(day, 1), '07:30', async () => {
        await story.post({ kind: 'move', device: 'Parts tablet', lines: [
          { product: { sku: 'FRAME' }, units: units(frames), from: from('GOODS-IN'), to: from('PARTS') }, { product: { sku: 'MOTOR' }, units: units(motors), from: from('GOODS-IN'), to: from('PARTS') },
          { product: { sku: 'BATTERY' }, units: units(batteries), from: from('GOODS-IN'), to: from('PARTS') },
        ] })
        parts.frames.push(...frames)
        parts.motors.push(...motors)
        parts.batteries.push(...batteries)
      })
    })
  }
}

function planBuilding(works: Works): void {
  const { story, parts, stock } = works
  for (const { number, day } of story.weekdays(1, 2, 3, 4)) {
    if (number < 2) continue
    story.plan(day, '15:30', async () => {
      if (parts.batteries.length >= 3) stock.push(...(await build(works, story.random.whole(2, 3))).built)
    })
  }
}

/** A run of some bikes of a model; each says which frame, motor and battery are in it. */
async function build({ story, parts, wheels, next }: Works, count: number) {
  const model: Model = story.random.weighted({ 'CITY-7': 3, 'CARGO-2': 1 })
  const bikes = Array.from({ length: count }, () => ({ serial: `${models[model]}${(next.bike += 1)}`, frame: parts.frames.shift() ?? '', motor: parts.motors.shift() ?? '', battery: parts.batteries.shift() ?? '' }))
  const set = wheels.find((one) => one.left >= count)
  if (!set || bikes.some((bike) => bike.battery === '')) throw new Error('the script builds with parts it does not have')
  set.left -= count
  const posted = await story.post({
    kind: 'transform', run: 'production', device: 'Line 1',
    inputs: [
      ...bikes.flatMap((bike) => [
        { product: { sku: 'FRAME' }, units: units([bike.frame]), from: from('PARTS') }, { product: { sku: 'MOTOR' }, units: units([bike.motor]), from: from('PARTS') }, { product: { sku: 'BATTERY' }, units: units([bike.battery]), from: from('PARTS') },
      ]),
      { product: { sku: 'WHEELS' }, lot: { code: set.lot }, quantity: String(count), from: from('PARTS') }, { product: { sku: 'CABLES' }, quantity: String(count * 6), from: from('PARTS') },
    ],
    outputs: bikes.map((bike, at) => ({
      product: { sku: model }, units: units([bike.serial]), to: from('BIKES'),
      uses: [{ input: at * 3 }, { input: at * 3 + 1 }, { input: at * 3 + 2 }, { input: count * 3, quantity: '1' }, { input: count * 3 + 1, quantity: '6' }],
    })),
  })
  return { posted, built: bikes.map(({ serial, battery, motor }): Bike => ({ serial, model, battery, motor, dealer: null })), used: { bikes, set } }
}

/** Dealers get some every Tuesday and Friday. */
function planDealers(works: Works): void {
  const { story, stock } = works
  const { random } = story
  let turn = 0
  for (const { number, day } of story.weekdays(2, 5)) {
    if (number < 8) continue
    story.plan(day, '10:00', async () => {
      for (let parcels = random.whole(1, 2); parcels > 0 && stock.length > 8; parcels -= 1) await shipTo(works, dealers[(turn += 1) % dealers.length] ?? 'SPOKE', stock.splice(0, random.whole(2, 4)))
    })
  }
}

async function shipTo({ story, sold, next }: Works, dealer: string, bikes: readonly Bike[]) {
  const byModel = Map.groupBy(bikes, (bike) => bike.model)
  for (const bike of bikes) bike.dealer = dealer
  sold.push(...bikes)
  return story.post({
    kind: 'ship', to: { customer: from(dealer) }, references: [{ type: 'sales_order', number: `SO-${(next.order += 1)}` }], device: 'Dispatch',
    lines: [...byModel].map(([sku, all]) => ({ product: { sku }, units: units(all.map((bike) => bike.serial)), from: from('BIKES') })),
  })
}

function planWarranty(works: Works): void {
  const { story, batteryLots, sold, mended } = works
  const isBad = (bike: Bike): boolean => batteryLots.get(bike.battery) === BAD_LOT
  for (const [number, bad] of [[64, false], [134, true], [157, true], [171, true]] as const) {
    const day = story.day(number)
    story.plan(day, '11:00', async () => {
      const bike = sold.find((one) => isBad(one) === bad && !mended.has(one.serial))
      if (!bike) throw new Error('the script finds no bike to come back')
      mended.add(bike.serial)
      await spare(works, bike, bad ? 'battery swollen' : 'battery does not charge', day)
    })
  }
}

/** The bike comes back, its battery is changed, the old one goes into the cage, the bike goes home. */
async function spare({ story, parts, batteryLots }: Works, bike: Bike, why: string, day: string): Promise<void> {
  const dealer = bike.dealer ?? 'SPOKE'
  const battery = parts.batteries.pop()
  if (battery === undefined) throw new Error('the script has no spare battery')
  await story.post({ kind: 'return', from: { customer: from(dealer) }, reason: why, references: [{ type: 'warranty_claim', number: `WC-${bike.serial}` }], device: 'Repair bench', lines: [{ product: { sku: bike.model }, units: units([bike.serial]), to: from('REPAIR') }] })
  story.plan(after(day, 1), '14:00', async () => {
    const home = { kind: 'transform' as const, run: 'rework' as const, device: 'Repair bench', references: [{ type: 'warranty_claim', number: `WC-${bike.serial}` }] } satisfies Partial<MovementBody>
    const itself = { product: { sku: bike.model }, units: units([bike.serial]) }
    await story.post({
      ...home, reason: 'battery taken out', inputs: [{ ...itself, from: from('REPAIR') }],
      outputs: [{ ...itself, to: from('REPAIR') }, { product: { sku: 'BATTERY' }, lot: { code: batteryLots.get(bike.battery) ?? '', issuer: from('VOLT') }, units: [{ serial: bike.battery, issuer: from('VOLT') }], to: from('QUARANTINE') }],
    })
    await story.post({ ...home, reason: 'battery put in', inputs: [{ ...itself, from: from('REPAIR') }, { product: { sku: 'BATTERY' }, units: units([battery]), from: from('PARTS') }], outputs: [{ ...itself, to: from('REPAIR') }] })
    story.plan(after(day, 2), '09:30', async () => void (await story.post({ kind: 'ship', to: { customer: from(dealer) }, references: [{ type: 'warranty_claim', number: `WC-${bike.serial}` }], device: 'Repair bench', lines: [{ product: { sku: bike.model }, units: units([bike.serial]), from: from('REPAIR') }] })))
  })
}

/** A run entered with the motors of the next one, taken back and entered again. */
function scanWrongMotors(works: Works): void {
  const { story, parts, stock } = works
  const wrongDay = story.weekdays(3)[9]?.day ?? story.day(66)
  story.plan(wrongDay, '16:30', async () => {
    if (parts.batteries.length < 2) return
    const { posted, used } = await build(works, 2)
    await story.ask(reverseMovement, { params: { movementId: posted.movementId }, body: { meaning: 'never_happened', reason: 'motors of the wrong bikes scanned' } })
    parts.frames.unshift(...used.bikes.map((bike) => bike.frame))
    parts.motors.push(...used.bikes.map((bike) => bike.motor))
    parts.batteries.unshift(...used.bikes.map((bike) => bike.battery))
    used.set.left += 2
    stock.push(...(await build(works, 2)).built)
  })
}

/** Loaded, and taken off the van again. */
function unloadVan(works: Works): void {
  const { story, stock, sold } = works
  const van = story.weekdays(4)[12]?.day ?? story.day(88)
  story.plan(van, '17:00', async () => {
    const bikes = stock.splice(0, 1)
    const shipped = await shipTo(works, 'FIETS', bikes)
    await story.ask(reverseMovement, { params: { movementId: shipped.movementId }, body: { meaning: 'undone', reason: 'van full, goes on Friday' } })
    sold.splice(-bikes.length)
    for (const bike of bikes) bike.dealer = null
    stock.unshift(...bikes)
  })
}

/** A frame with a crack: held, looked at, destroyed; another one was fine. */
function holdFrames({ story, parts }: Works): void {
  const crack = story.weekdays(2)[8]?.day ?? story.day(59)
  story.plan(crack, '08:30', async () => {
    const [bad, good] = [parts.frames.pop(), parts.frames.pop()]
    for (const serial of [bad, good]) {
      if (serial === undefined) continue
      const hold = await story.ask(placeHold, { body: { subject: 'unit', unit: { serial }, product: { sku: 'FRAME' }, reason: 'weld looks cracked' } })
      story.plan(after(crack, 1), '09:30', async () => {
        if (serial === bad) return void (await story.post({ kind: 'destroy', reason: 'weld cracked', lines: [{ product: { sku: 'FRAME' }, units: units([serial]), from: from('PARTS') }] }))
        await story.ask(releaseHold, { params: { holdId: hold.holdId }, body: { reason: 'scratch in the paint only' } })
        parts.frames.unshift(serial)
      })
    }
  })
}

/** A delivery note that lay in the office for two days. */
function enterCablesLate({ story }: Works): void {
  const lateDay = story.weekdays(5)[10]?.day ?? story.day(75)
  story.plan(lateDay, '12:00', async () => void (await story.post({ kind: 'receive', from: { supplier: from('WHEEL') }, occurredAt: story.at(after(lateDay, -2), '10:15'), note: 'Note found in the office.', lines: [{ product: { sku: 'CABLES' }, quantity: '80', to: from('PARTS') }] })))
}

/** In the wrong rack: found where it was looked for, shipped, and told to a person. One was looked at, one waits. */
function shipFromWrongRack({ story, stock, sold, next }: Works): void {
  for (const [at, resolved] of [[15, true], [25, false]] as const) {
    const day = story.weekdays(1)[at]?.day ?? story.day(178)
    story.plan(day, '09:00', async () => {
      const bike = stock.shift()
      if (!bike) return
      await story.post({ kind: 'move', device: 'Dispatch', lines: [{ product: { sku: bike.model }, units: units([bike.serial]), from: from('BIKES'), to: from('DISPATCH') }] })
      const shipped = await story.post({ kind: 'ship', itIsHere: true, to: { customer: from('PEDAL') }, references: [{ type: 'sales_order', number: `SO-${(next.order += 1)}` }], lines: [{ product: { sku: bike.model }, units: units([bike.serial]), from: from('BIKES') }] })
      bike.dealer = 'PEDAL'
      sold.push(bike)
      const [exceptionId] = shipped.exceptions
      if (resolved && exceptionId) story.plan(after(day, 1), '10:00', async () => void (await story.ask(resolveException, { params: { exceptionId }, body: { resolution: 'It had been put back into the rack and not scanned.' } })))
    })
  }
}

/** Counting the wheel sets. */
function countWheels({ story, wheels }: Works): void {
  for (const number of [61, 122]) {
    story.plan(story.day(number), '17:30', async () => {
      const set = wheels.find((one) => one.left > 0)
      if (!set) return
      set.left -= 1
      await story.post({ kind: 'adjust', reason: 'quarter count', device: 'Counting', lines: [{ product: { sku: 'WHEELS' }, lot: { code: set.lot }, quantity: '1', place: from('PARTS'), direction: 'down', against: 'loss' }] })
    })
  }
}

/** Tomorrow: two bikes for a dealer, one kept for a fair. */
function promise({ story, stock, named }: Works): void {
  story.plan(story.day(-1), '17:30', async () => {
    const [first, second, third] = stock
    if (!first || !second || !third) return
    const line = (bike: Bike) => ({ product: { sku: bike.model }, units: units([bike.serial]), from: from('BIKES') })
    await story.ask(reserveStock, { body: { demand: { type: 'sales_order', number: 'SO-8001' }, lines: [line(first), line(second)] } })
    await story.ask(reserveStock, { body: { demand: { type: 'quotation', number: 'Q-31' }, firmness: 'soft', expiresAt: story.at(after(story.today, 4), '12:00'), lines: [line(third)] } })
    named.promised = [first.serial, second.serial]
  })
}

async function guideOf({ story, made, mended, named: { badLotId, promised } }: Works): Promise<GuideStep[]> {
  return [
    step('look', 'Look at the battery lot {code}', 'Three bikes came back with a swollen battery. All three are of this lot.', 'lot', badLotId, BAD_LOT),
    step('forward', 'Trace it forward', 'Every bike with a battery of this lot, and the dealer who has it, serial by serial.', 'trace_forward', badLotId, BAD_LOT),
    step('hold', 'Hold the lot {code}', 'Whatever is left of it is not built in from now on. The answer says what the hold reaches.', 'lot', badLotId, BAD_LOT),
    step('quarantine', 'Look into the quarantine cage', 'The batteries that came out of bikes under warranty.', 'place', made.place('QUARANTINE'), 'QUARANTINE'),
    step('mended', 'Open a bike that was mended', '{code}: built, sold, come back, reworked, sent home; its frame, motor and both batteries.', 'unit', await unitId(story, [...mended].at(-1)), [...mended].at(-1) ?? null),
    step('ship', 'Ship an order', 'The bikes {bikes} are promised to SO-8001: scan their serials to ship them.', 'unit', await unitId(story, promised[0]), promised[0] ?? null, { bikes: promised.join(', ') }),
    step('exceptions', 'Work through the exceptions', 'A bike that the book had elsewhere was shipped all the same.', 'exceptions'),
    step('scan', 'Scan a motor', 'Type or scan the serial of a motor, {code}: it leads to the bike it is in.', 'unit', await unitId(story, 'TD880410'), 'TD880410'),
  ]
}

async function unitId(story: Story, serial = ''): Promise<string | null> {
  const { items } = await story.ask(listUnits, { query: { search: serial, limit: 1 } })
  return items[0]?.unitId ?? null
}

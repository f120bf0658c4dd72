import { Temporal } from 'temporal-polyfill'
import { resolveException } from '#src/exceptions/contract.ts'
import { placeHold, releaseHold } from '#src/holds/contract.ts'
import { reserveStock, reverseMovement } from '#src/ledger/contract.ts'
import { addLicence } from '#src/network/contract.ts'
import { createPlate } from '#src/serials/contract.ts'
import { step, type DemoCompany } from './company.ts'
import type { GuideStep } from './contract.ts'
import { enterMasters, gtin13, type Masters, type MastersMade } from './masters.ts'
import { dayCode } from './shelf.ts'
import type { Story } from './story.ts'

/**
 * An importer of fireworks: containers of cases on pallets, each lot with the day and shift it was made on, kept in
 * magazines, sold to shows and stands, some of it packed into family boxes. What went wrong: shells of one shift burst
 * low, and several shows have them.
 */
export const fireworks: DemoCompany = {
  company: 'fireworks', name: 'Harbor Fireworks', trades: ['fireworks'], currency: 'USD', timeZone: 'America/Chicago',
  shows: 'Lots by date and shift of manufacture, cases on pallets, magazines, licences, one lot on hold.',
  write,
}

/** Products with how many are in a case, and their number for the EX approval. */
const goods = { 'SHELL-3': [72, 'EX2019-01133'], 'CAKE-36': [4, 'EX2020-04410'], ROMAN: [24, 'EX2018-00782'], FOUNTAIN: [36, 'EX2021-02907'], SPARKLER: [96, 'EX2017-05150'] } as const
type Sku = keyof typeof goods
/** Cases on a pallet, at least and at most. */
const cases: { readonly [sku in Sku]: [number, number] } = { 'SHELL-3': [32, 38], 'CAKE-36': [42, 52], ROMAN: [18, 30], FOUNTAIN: [18, 30], SPARKLER: [18, 30] }
const skus = Object.keys(goods) as Sku[]
const shows = ['SKYLINE', 'BIGSKY', 'LAKESIDE', 'STARLITE'] as const
const stands = ['ROUTE9', 'FAIR', 'COUNTY'] as const
const magazines = ['MAG-1', 'MAG-2', 'MAG-3'] as const

const masters: Masters = {
  facility: { code: 'DEPOT', name: 'Harbor depot', timeZone: 'America/Chicago' },
  places: {
    DOCK: ['staging', 'Dock'], 'MAG-1': ['storage', 'Magazine 1'], 'MAG-2': ['storage', 'Magazine 2'], 'MAG-3': ['storage', 'Magazine 3'], PICK: ['storage', 'Day box'], PACKING: ['production', 'Packing room'], QUARANTINE: ['quarantine', 'Quarantine magazine'],
  },
  products: [
    ...skus.map((sku, at) => ({ sku, name: { 'SHELL-3': 'Display shell 3 inch', 'CAKE-36': 'Cake 36 shots', ROMAN: 'Roman candle 8 balls', FOUNTAIN: 'Silver fountain', SPARKLER: 'Sparkler, pack of 6' }[sku], tracking: 'lot' as const, dateKind: 'none' as const, gtin: gtin13('085000220', at + 1), uoms: [{ uom: 'case', numerator: String(goods[sku][0]) }] })),
    { sku: 'FAMILY', name: 'Family box', tracking: 'lot', dateKind: 'none', gtin: gtin13('085000220', 50) },
    { sku: 'CARTON', name: 'Carton, printed', tracking: 'none', dateKind: 'none' },
  ],
  gtins: skus.map((sku, at) => ({ sku, gtin: gtin13('085000220', at + 101), packQuantity: String(goods[sku][0]), level: 'case' })),
  parties: [
    { code: 'LIUYANG', name: 'Liuyang Dragon Pyrotechnics', roles: ['supplier', 'maker'] }, { code: 'BOXES', name: 'Prairie Packaging', roles: ['supplier'] },
    { code: 'SKYLINE', name: 'Skyline Displays', roles: ['customer'] }, { code: 'BIGSKY', name: 'Big Sky Pyro', roles: ['customer'] }, { code: 'LAKESIDE', name: 'Lakeside Festival', roles: ['customer'] }, { code: 'STARLITE', name: 'Starlite Shows', roles: ['customer'] },
    { code: 'ROUTE9', name: 'Route 9 Stand', roles: ['customer'] }, { code: 'FAIR', name: 'Fairground Stand', roles: ['customer'] }, { code: 'COUNTY', name: 'County Line Stand', roles: ['customer'] },
  ],
}

const after = (day: string, days: number): string => Temporal.PlainDate.from(day).add({ days }).toString()
const from = (code: string) => ({ code })
/** The container, counted from 0, with the shells that burst low. */
const BAD_CONTAINER = 1

/** Cases of a lot on a pallet, or loose in the day box (plate null). */
interface Pallet {
  readonly sku: Sku
  readonly lot: string
  plate: string | null
  place: string
  cases: number
  held: boolean
}

/** What the script keeps in mind while it is told. */
interface Depot {
  readonly story: Story
  readonly made: MastersMade
  readonly stock: Pallet[]
  readonly families: { readonly lot: string; left: number }[]
  /** Of lots that the guide leads to. */
  readonly ids: Map<string, string>
  readonly next: { pallet: number; order: number }
  /** What the guide names: the lot that bursts low, the pallet that waits for an order. */
  readonly named: { badLot: string; waiting: Pallet | undefined }
}

async function write(story: Story): Promise<() => GuideStep[]> {
  const made = await enterMasters(story, masters)
  await enterLicences(story, made)
  const depot: Depot = { story, made, stock: [], families: [], ids: new Map(), next: { pallet: 1000, order: 500 }, named: { badLot: '', waiting: undefined } }
  planContainers(depot)
  planCartons(depot)
  planSales(depot)
  planFamilyBoxes(depot)
  // what does not go by plan
  burstLow(depot)
  holdWetPallet(depot)
  destroyDamaged(depot)
  takeBack(depot)
  shipWhatIsHere(depot)
  countMagazines(depot)
  promise(depot)
  return () => guideOf(depot)
}

/** One of them runs out soon. */
async function enterLicences(story: Story, made: MastersMade): Promise<void> {
  for (const [at, code] of [...shows, ...stands].entries()) {
    const type = shows.includes(code as never) ? 'ATF 54 user of explosives' : 'State retail permit'
    await story.ask(addLicence, { params: { partyId: made.party(code) }, body: { type, number: `${5 + at}-IL-031-${at + 20}-7K-0${4400 + at * 37}`, expiresOn: after(story.today, at === 2 ? 12 : 90 + at * 40), issuer: at < shows.length ? 'ATF' : 'State Fire Marshal' } })
  }
}

/** In a container each product is there in two lots, by day and shift, on a pallet each; the next day they go into the magazines. */
function planContainers({ story, stock, ids, next, named }: Depot): void {
  const { random } = story
  for (const [container, number] of [0, 44, 92, 138].entries()) {
    const day = story.day(number)
    story.plan(day, '08:30', async () => {
      const lines: { readonly sku: Sku; readonly shift: 'A' | 'B' | 'C'; readonly on: string; readonly lot: string; readonly cases: number; readonly plate: string }[] = []
      for (const sku of skus) {
        const on = after(day, -random.whole(60, 75))
        for (const shift of ['A', 'B'] as const) {
          const plate = `PAL-${(next.pallet += 1)}`
          lines.push({ sku, shift, on, lot: `${dayCode(on)}-${shift}`, cases: random.whole(...cases[sku]), plate })
          await story.ask(createPlate, { body: { code: plate } })
        }
      }
      const received = await story.post({
        kind: 'receive', from: { supplier: from('LIUYANG') }, device: 'Dock', references: [{ type: 'container', number: `TCLU${4400110 + container * 7}` }, { type: 'purchase_order', number: `PO-${dayCode(day)}` }],
        lines: lines.map(({ sku, shift, on, lot, cases, plate }) => ({
          product: { sku }, lot: { code: lot }, quantity: String(cases), uom: 'case', plate: { code: plate }, to: from('DOCK'), dates: { madeOn: on }, lotProperties: { shift, ex_number: goods[sku][1] },
        })),
      })
      lines.forEach(({ sku, lot, cases, plate, shift }, at) => {
        stock.push({ sku, lot, plate, place: 'DOCK', cases, held: false })
        ids.set(`${sku} ${lot}`, String(received.lines[at]?.lotId))
        if (container === BAD_CONTAINER && sku === 'SHELL-3' && shift === 'B') named.badLot = lot
      })
      story.plan(after(day, 1), '07:00', async () => {
        for (const [at, { plate }] of lines.entries()) {
          const to = magazines[at % 3] ?? 'MAG-1'
          await story.post({ kind: 'move', device: 'Fork lift', reason: 'put away', lines: [{ wholePlate: { code: plate }, to: from(to) }] })
          for (const one of stock) if (one.plate === plate) one.place = to
        }
      })
    })
  }
}

function planCartons({ story }: Depot): void {
  for (const number of [0, 60, 120]) story.plan(story.day(number), '11:00', async () => void (await story.post({ kind: 'receive', from: { supplier: from('BOXES') }, lines: [{ product: { sku: 'CARTON' }, quantity: '500', unitCost: '0.9', to: from('PACKING') }] })))
}

/** Shows take cases of shells and cakes, stands the rest. */
function planSales(depot: Depot): void {
  const { story, stock, named } = depot
  const { random } = story
  for (const { number, day } of story.weekdays(2, 4, 5)) {
    if (number < 2) continue
    story.plan(day, '09:30', async () => {
      for (const customer of random.shuffled([...shows, ...stands]).slice(0, random.whole(2, 3))) {
        const wanted = shows.includes(customer as never) ? (['SHELL-3', 'CAKE-36'] as const) : (['CAKE-36', 'ROMAN', 'FOUNTAIN', 'SPARKLER'] as const)
        const lines = random.shuffled(wanted).slice(0, 2).flatMap((sku) => {
          const one = stock.find((each) => each.sku === sku && isHere(each) && (each.lot !== named.badLot || each.cases > 8))
          return one ? [lineOf(one, Math.min(one.cases, random.whole(1, 3)))] : []
        })
        if (lines.length > 0) await ship(depot, customer, lines)
      }
    })
  }
}

/** It may be sold. */
const isHere = (one: Pallet): boolean => one.cases > 0 && one.place !== 'DOCK' && !one.held

/** A line that takes so many cases of a pallet. */
function lineOf(one: Pallet, cases: number) {
  one.cases -= cases
  return { product: { sku: one.sku }, lot: { code: one.lot }, quantity: String(cases), uom: 'case', from: from(one.place), ...(one.plate === null ? {} : { plate: { code: one.plate } }) }
}

function ship({ story, next }: Depot, customer: string, lines: ReturnType<typeof lineOf>[]) {
  return story.post({ kind: 'ship', to: { customer: from(customer) }, references: [{ type: 'sales_order', number: `SO-${(next.order += 1)}` }], device: 'Dispatch', lines })
}

/** Every second Wednesday family boxes are packed out of what the pallets give, for the stands. */
function planFamilyBoxes({ story, stock, families, ids, next }: Depot): void {
  const { random } = story
  for (const { number, day } of story.weekdays(3).filter((_, at) => at % 2 === 1)) {
    if (number < 7) continue
    story.plan(day, '07:30', async () => {
      const chosen = (['ROMAN', 'FOUNTAIN', 'SPARKLER'] as const).map((sku) => stock.find((one) => one.sku === sku && one.plate !== null && one.cases > 2 && isHere(one)))
      if (chosen.some((one) => one === undefined)) return
      const boxes = 24
      const lot = `FB${dayCode(day)}`
      const taken = chosen.map((one) => ({ one: one as Pallet, cases: (one as Pallet).sku === 'ROMAN' ? 2 : 1 }))
      await story.post({ kind: 'move', device: 'Day box', reason: 'for packing', lines: taken.map(({ one, cases: count }) => ({ ...lineOf(one, count), to: from('PACKING') })) })
      // a move without a plate to go to leaves the goods loose
      const run = await story.post({
        kind: 'transform', run: 'repack', device: 'Packing room',
        inputs: [...taken.map(({ one, cases: count }) => ({ product: { sku: one.sku }, lot: { code: one.lot }, quantity: String(count), uom: 'case', from: from('PACKING') })), { product: { sku: 'CARTON' }, quantity: String(boxes), from: from('PACKING') }],
        outputs: [{ product: { sku: 'FAMILY' }, lot: { code: lot }, quantity: String(boxes), dates: { madeOn: day }, to: from('PICK') }],
      })
      ids.set(`FAMILY ${lot}`, String(run.lines.at(-1)?.lotId))
      families.push({ lot, left: boxes })
      story.plan(after(day, 2), '08:00', async () => {
        for (const stand of random.shuffled(stands).slice(0, 2)) {
          const box = families.find((one) => one.left >= 10)
          if (!box) continue
          box.left -= 10
          await story.post({ kind: 'ship', to: { customer: from(stand) }, references: [{ type: 'sales_order', number: `SO-${(next.order += 1)}` }], device: 'Dispatch', lines: [{ product: { sku: 'FAMILY' }, lot: { code: box.lot }, quantity: '10', from: from('PICK') }] })
        }
      })
    })
  }
}

/** The shells that burst low go to four shows; one sends a case back, and the lot is held since. */
function burstLow(depot: Depot): void {
  const { story, stock, next, named } = depot
  for (const [at, customer] of shows.entries()) {
    story.plan(story.day(58 + at * 16), '14:00', async () => {
      const one = stock.find((each) => each.lot === named.badLot && each.sku === 'SHELL-3' && each.cases > 4)
      if (one) await ship(depot, customer, [lineOf(one, 2)])
    })
  }
  story.plan(story.day(-5), '10:20', async () => {
    await story.post({ kind: 'return', from: { customer: from('BIGSKY') }, reason: 'bursts low', references: [{ type: 'complaint', number: 'C-118' }], lines: [{ product: { sku: 'SHELL-3' }, lot: { code: named.badLot }, quantity: '1', uom: 'case', to: from('QUARANTINE') }] })
    await story.ask(placeHold, { body: { subject: 'lot', lot: { code: named.badLot }, product: { sku: 'SHELL-3' }, reason: 'bursts low', note: 'Two shows report it. Lift charges to be weighed.' } })
    for (const one of stock) if (one.lot === named.badLot && one.sku === 'SHELL-3') one.held = true
  })
  /** Told afterwards: a case had left in the morning before the hold. */
  story.plan(story.day(-5), '16:00', async () => {
    const one = stock.find((each) => each.lot === named.badLot && each.sku === 'SHELL-3' && each.cases > 1)
    if (!one) return
    await story.post({ kind: 'ship', to: { customer: from('LAKESIDE') }, occurredAt: story.at(story.day(-5), '08:40'), note: 'Loading list of the morning.', references: [{ type: 'sales_order', number: `SO-${(next.order += 1)}` }], lines: [lineOf(one, 1)] })
  })
  /** Sampling what is held is how a hold gets decided. */
  story.plan(story.day(-3), '13:00', async () => {
    await story.post({ kind: 'sample', reason: 'lift charge weighed', device: 'Quality', lines: [{ product: { sku: 'SHELL-3' }, lot: { code: named.badLot }, quantity: '6', from: from('QUARANTINE') }] })
  })
}

/** A pallet that stood in the rain: held, and released. */
function holdWetPallet({ story, stock }: Depot): void {
  story.plan(story.day(52), '09:00', async () => {
    const wet = stock.find((one) => one.sku === 'SPARKLER' && one.plate !== null && isHere(one))
    if (!wet?.plate) return
    const hold = await story.ask(placeHold, { body: { subject: 'plate', plate: { code: wet.plate }, reason: 'cartons are wet' } })
    wet.held = true
    story.plan(story.day(55), '09:00', async () => {
      await story.ask(releaseHold, { params: { holdId: hold.holdId }, body: { reason: 'inner bags dry' } })
      wet.held = false
    })
  })
}

/** Duds are destroyed. */
function destroyDamaged({ story, stock }: Depot): void {
  story.plan(story.day(80), '15:00', async () => {
    const one = stock.find((each) => each.sku === 'ROMAN' && isHere(each))
    if (one) await story.post({ kind: 'destroy', reason: 'damaged by fork lift', lines: [lineOf(one, 1)] })
  })
}

/** Keyed in twice; cancelled at the gate. */
function takeBack(depot: Depot): void {
  const { story, stock } = depot
  story.plan(story.day(100), '15:00', async () => {
    const one = stock.find((each) => each.sku === 'FOUNTAIN' && each.cases > 5 && isHere(each))
    if (!one) return
    const wrong = await ship(depot, 'FAIR', [lineOf(one, 2)])
    await story.ask(reverseMovement, { params: { movementId: wrong.movementId }, body: { meaning: 'never_happened', reason: 'keyed in twice' } })
    const refused = await ship(depot, 'COUNTY', [lineOf(one, 2)])
    await story.ask(reverseMovement, { params: { movementId: refused.movementId }, body: { meaning: 'undone', reason: 'permit not with the driver' } })
    one.cases += 4
  })
}

/** The book had a case too few. */
function shipWhatIsHere({ story, families, next }: Depot): void {
  for (const [number, resolved] of [[125, true], [-4, false]] as const) {
    const day = story.day(number)
    story.plan(day, '11:00', async () => {
      const box = families.find((one) => one.left > 0 && one.left < 10)
      if (!box) return
      const shipped = await story.post({ kind: 'ship', itIsHere: true, to: { customer: from('COUNTY') }, references: [{ type: 'sales_order', number: `SO-${(next.order += 1)}` }], lines: [{ product: { sku: 'FAMILY' }, lot: { code: box.lot }, quantity: String(box.left + 1), from: from('PICK') }] })
      box.left = 0
      const [exceptionId] = shipped.exceptions
      if (resolved && exceptionId) story.plan(after(day, 1), '09:00', async () => void (await story.ask(resolveException, { params: { exceptionId }, body: { resolution: 'One box more was packed than entered.' } })))
    })
  }
}

/** The daily magazine count. */
function countMagazines({ story, stock }: Depot): void {
  for (const number of [45, 91, 150]) {
    story.plan(story.day(number), '17:30', async () => {
      const one = stock.find((each) => each.sku === 'SPARKLER' && each.cases > 3 && isHere(each))
      if (!one) return
      const { from: place, uom: _, ...line } = lineOf(one, 1)
      await story.post({ kind: 'adjust', reason: 'magazine count', device: 'Counting', lines: [{ ...line, quantity: String(goods.SPARKLER[0]), place, direction: 'down' }] })
    })
  }
}

/** For tomorrow: cakes for a show, and an offer. */
function promise({ story, stock, named }: Depot): void {
  story.plan(story.day(-1), '16:30', async () => {
    const waiting = stock.find((one) => one.sku === 'CAKE-36' && one.cases >= 6 && isHere(one))
    named.waiting = waiting
    if (!waiting) return
    await story.ask(reserveStock, { body: { demand: { type: 'sales_order', number: 'SO-901' }, lines: [lineOf(waiting, 3)] } })
    await story.ask(reserveStock, { body: { demand: { type: 'quotation', number: 'Q-12' }, firmness: 'soft', expiresAt: story.at(after(story.today, 2), '12:00'), lines: [lineOf(waiting, 2)] } })
  })
}

function guideOf({ made, families, ids, named: { badLot, waiting } }: Depot): GuideStep[] {
  const bad = ids.get(`SHELL-3 ${badLot}`) ?? null
  const family = families.at(-1)
  return [
    step('look', 'Look at the lot {code}', 'Shells of one day and shift that burst low. The lot is on hold; see what is left and on which pallet.', 'lot', bad, badLot),
    step('refused', 'Try to ship it', 'Two cases to anybody: it is refused, naming the hold and its reason.', 'lot', bad, badLot),
    step('forward', 'Trace it forward', 'Every show that has some, in cases and pieces, with the orders.', 'trace_forward', bad, badLot),
    step('release', 'Release the hold, or destroy the lot', 'A sample was weighed. Decide: release it with a reason, or destroy what is left; a hold allows that.', 'holds'),
    step('magazine', 'Open a magazine', 'What is in magazine 2: pallets, lots, dates and shifts.', 'place', made.place('MAG-2'), 'MAG-2'),
    step('backward', 'Trace a family box backward', 'Which lots of candles, fountains and sparklers are in it.', 'trace_backward', family ? (ids.get(`FAMILY ${family.lot}`) ?? null) : null, family?.lot ?? null),
    step('licence', 'See a licence that runs out', 'The permit of the Lakeside Festival ends in some days.', 'party', made.party('LAKESIDE'), 'LAKESIDE'),
    step('exceptions', 'Work through the exceptions', 'A case left before the hold and was told afterwards; a box was there that the book did not know.', 'exceptions'),
    ...(waiting?.plate ? [step('ship', 'Ship an order', 'Three cases of cakes are promised to SO-901, on pallet {pallet}.', 'product', made.product('CAKE-36'), 'CAKE-36', { pallet: waiting.plate })] : []),
  ]
}

import { resolveException } from '#src/exceptions/contract.ts'
import { placeHold, releaseHold } from '#src/holds/contract.ts'
import { releaseStock, reserveStock, reverseMovement } from '#src/ledger/contract.ts'
import { Temporal } from 'temporal-polyfill'
import { step, type DemoCompany } from './company.ts'
import type { GuideStep } from './contract.ts'
import { enterMasters, gtin13, type Masters, type MastersMade } from './masters.ts'
import { dayCode, decimal, takeFrom, takeOldest, type Stack, type Taken } from './shelf.ts'
import type { Story } from './story.ts'

/**
 * A creamery: milk of three farms in one tank, cream and butter and cups of whipping cream from it, and cheese in wheels
 * that are counted and weighed. What went wrong: a lot of starter culture is contaminated, and the cheese of five weeks
 * was made with it.
 */
export const creamery: DemoCompany = {
  company: 'creamery', name: 'Meadowbrook Creamery', trades: ['food'], currency: 'EUR', timeZone: 'Europe/Dublin',
  shows: 'Best-by and use-by lots, a milk tank where farms mix, cream into butter, cheese wheels counted and weighed.',
  write,
}

const farms = { HILL: 'Hill Farm', BROOK: 'Brook Farm', OAK: 'Oak Farm' } as const
const shops = ['CORNER', 'GROCER', 'MARKET', 'HOTEL', 'BAKERY', 'DELI'] as const

const masters: Masters = {
  facility: { code: 'DAIRY', name: 'Meadowbrook dairy', timeZone: 'Europe/Dublin' },
  places: {
    INTAKE: ['staging', 'Milk intake'], 'TANK-1': ['tank', 'Milk tank 1'], SEPARATOR: ['production', 'Separator and churn'], VAT: ['production', 'Cheese vat'], CELLAR: ['storage', 'Ripening cellar'],
    COLD: ['storage', 'Cold store'], DRY: ['storage', 'Dry store'], QUARANTINE: ['quarantine', 'Quarantine'], DISPATCH: ['staging', 'Dispatch'],
  },
  uoms: { sachet: 'Sachet' },
  products: [
    { sku: 'MILK', name: 'Raw milk', baseUom: 'kg', scale: 1, tracking: 'lot', dateKind: 'none' },
    { sku: 'CREAM', name: 'Cream 40 %', baseUom: 'kg', scale: 1, tracking: 'lot', dateKind: 'use_by' },
    { sku: 'SKIM', name: 'Skimmed milk', baseUom: 'kg', scale: 1, tracking: 'lot', dateKind: 'use_by', blocksAfterDate: true },
    { sku: 'BUTTER', name: 'Farmhouse butter 250 g', tracking: 'lot', dateKind: 'best_by', gtin: gtin13('539123400', 11), uoms: [{ uom: 'case', numerator: '20' }] },
    { sku: 'CREAM-CUP', name: 'Whipping cream 200 ml', tracking: 'lot', dateKind: 'use_by', blocksAfterDate: true, gtin: gtin13('539123400', 12), uoms: [{ uom: 'case', numerator: '12' }] },
    { sku: 'WHEEL', name: 'Cellar cheese, wheel', tracking: 'lot', dateKind: 'best_by', secondUom: 'kg', gtin: gtin13('539123400', 13) },
    { sku: 'CULTURE', name: 'Starter culture', baseUom: 'sachet', tracking: 'lot', dateKind: 'expiry', blocksAfterDate: true },
    { sku: 'RENNET', name: 'Rennet', baseUom: 'l', scale: 2, tracking: 'lot', dateKind: 'expiry' },
    { sku: 'SALT', name: 'Dairy salt', baseUom: 'kg', scale: 1, tracking: 'none', dateKind: 'none' },
  ],
  gtins: [{ sku: 'BUTTER', gtin: gtin13('539123400', 21), packQuantity: '20', level: 'case' }, { sku: 'CREAM-CUP', gtin: gtin13('539123400', 22), packQuantity: '12', level: 'case' }],
  parties: [
    ...Object.entries(farms).map(([code, name]) => ({ code, name, roles: ['supplier' as const] })),
    { code: 'SUPPLY', name: 'Dairy Supplies Ltd', roles: ['supplier', 'maker'] },
    { code: 'CORNER', name: 'Corner Shop', roles: ['customer'] }, { code: 'GROCER', name: 'The Green Grocer', roles: ['customer'] }, { code: 'MARKET', name: 'Market Hall Co-op', roles: ['customer'] },
    { code: 'HOTEL', name: 'Lakeview Hotel', roles: ['customer'] }, { code: 'BAKERY', name: 'Rose Bakery', roles: ['customer'] }, { code: 'DELI', name: 'Quay Street Deli', roles: ['customer'] },
    { code: 'PIGLET', name: 'Piglet Farm (feed)', roles: ['customer'] },
  ],
}

const after = (day: string, days: number): string => Temporal.PlainDate.from(day).add({ days }).toString()
const product = (sku: string) => ({ sku })
const lot = (code: string) => ({ code })
const from = (code: string) => ({ code })
/** The day on which the lot of culture comes that is found to be bad. */
const BAD_CULTURE = 70

/** What the script keeps in mind while it is told. */
interface Dairy {
  readonly story: Story
  readonly made: MastersMade
  readonly tank: { tenths: number }
  readonly shelves: { readonly butter: Stack[]; readonly cups: Stack[]; readonly wheels: Stack[]; readonly culture: Stack[]; readonly rennet: Stack[] }
  /** Of lots that the guide leads to. */
  readonly ids: Map<string, string>
  readonly next: { order: number }
}

async function write(story: Story): Promise<() => GuideStep[]> {
  const made = await enterMasters(story, masters)
  const dairy: Dairy = { story, made, tank: { tenths: 0 }, shelves: { butter: [], cups: [], wheels: [], culture: [], rennet: [] }, ids: new Map(), next: { order: 1000 } }
  planSupplies(dairy)
  planMilk(dairy)
  planDeliveries(dairy)
  // what does not go by plan
  holdButterForMetal(dairy)
  keyTwice(dairy)
  returnWarmButter(dairy)
  holdTooLate(dairy)
  enterSaltLate(dairy)
  shipWhatIsHere(dairy)
  countMonths(dairy)
  promise(dairy)
  return () => guideOf(dairy)
}

function planSupplies({ story, shelves, ids }: Dairy): void {
  const receiveSupplies = async (day: string, culture: string): Promise<void> => {
    const received = await story.post({
      kind: 'receive', from: { supplier: from('SUPPLY') }, references: [{ type: 'purchase_order', number: `PO-${dayCode(day)}` }], device: 'Office',
      lines: [
        { product: product('CULTURE'), lot: lot(culture), quantity: '12', dates: { expiresOn: after(day, 150) }, unitCost: '4.60', to: from('DRY') },
        { product: product('RENNET'), lot: lot(`R${dayCode(day)}`), quantity: '4', dates: { expiresOn: after(day, 240) }, unitCost: '31', to: from('COLD') },
        { product: product('SALT'), quantity: '75', unitCost: '0.35', to: from('DRY') },
      ],
    })
    shelves.culture.push({ lot: culture, left: 12 })
    shelves.rennet.push({ lot: `R${dayCode(day)}`, left: 400 })
    ids.set(`culture ${culture}`, String(received.lines[0]?.lotId))
  }
  for (const number of [0, 35, BAD_CULTURE, 105, 140, 170]) {
    const day = story.day(number)
    story.plan(day, '05:40', () => receiveSupplies(day, number === BAD_CULTURE ? 'CT-4471' : `CT-${4000 + number * 7}`))
  }
}

function planMilk(dairy: Dairy): void {
  const { story } = dairy
  for (const { number, day } of story.weekdays(1, 3, 5)) {
    const weekday = Temporal.PlainDate.from(day).dayOfWeek
    story.plan(day, '06:20', () => milk(dairy, day))
    story.plan(day, '09:30', () => (weekday === 3 && number >= 2 ? cheese(dairy, day) : churn(dairy, day, weekday === 5)))
  }
}

async function milk({ story, tank, ids }: Dairy, day: string): Promise<void> {
  for (const [code] of Object.entries(farms)) {
    const tenths = story.random.whole(2_400, 5_200)
    const received = await story.post({
      kind: 'receive', from: { supplier: from(code) }, device: 'Intake tablet', references: [{ type: 'delivery_note', number: `${code}-${dayCode(day)}` }],
      lines: [{ product: product('MILK'), lot: lot(`${code}-${dayCode(day)}`), quantity: decimal(tenths, 1), dates: { madeOn: day }, to: from('TANK-1') }],
    })
    tank.tenths += tenths
    ids.set(`milk ${code}`, String(received.lines[0]?.lotId))
  }
}

/** Some stays in the tank from one day to the next, so that milk of several days mixes; on Fridays it is emptied and washed. */
function draw({ story, tank }: Dairy, empty: boolean): number {
  const tenths = empty ? tank.tenths : tank.tenths - story.random.whole(200, 900)
  tank.tenths -= tenths
  return tenths
}

async function churn(dairy: Dairy, day: string, empty: boolean): Promise<void> {
  const { story, shelves, ids } = dairy
  const drawn = draw(dairy, empty)
  const cream = Math.floor(drawn * 0.11)
  const code = dayCode(day)
  await story.post({
    kind: 'transform', run: 'production', device: 'Separator', inputs: [{ product: product('MILK'), quantity: decimal(drawn, 1), from: from('TANK-1') }],
    outputs: [
      { product: product('CREAM'), lot: lot(`CR${code}`), quantity: decimal(cream, 1), dates: { madeOn: day, useBy: after(day, 7) }, to: from('SEPARATOR') },
      { product: product('SKIM'), lot: lot(`SK${code}`), quantity: decimal(Math.floor(drawn * 0.87), 1), dates: { madeOn: day, useBy: after(day, 3) }, to: from('COLD') },
    ],
  })
  const forCups = Math.floor(cream * 0.35)
  const packs = Math.floor(((cream - forCups) * 0.47) / 2.5)
  const cups = Math.floor((forCups * 0.98) / 2)
  await story.post({
    kind: 'transform', run: 'production', device: 'Churn',
    inputs: [{ product: product('CREAM'), lot: lot(`CR${code}`), quantity: decimal(cream - forCups, 1), from: from('SEPARATOR') }, { product: product('SALT'), quantity: decimal(Math.max(1, Math.floor(packs * 0.05)), 1), from: from('DRY') }],
    outputs: [{ product: product('BUTTER'), lot: lot(`B${code}`), quantity: String(packs), dates: { madeOn: day, bestBy: after(day, 60) }, to: from('COLD') }],
  })
  const filled = await story.post({
    kind: 'transform', run: 'production', device: 'Filler', inputs: [{ product: product('CREAM'), lot: lot(`CR${code}`), quantity: decimal(forCups, 1), from: from('SEPARATOR') }],
    outputs: [{ product: product('CREAM-CUP'), lot: lot(`C${code}`), quantity: String(cups), dates: { madeOn: day, useBy: after(day, 21) }, to: from('COLD') }],
  })
  shelves.butter.push({ lot: `B${code}`, left: packs })
  shelves.cups.push({ lot: `C${code}`, left: cups, until: after(day, 16) })
  ids.set(`cups C${code}`, String(filled.lines.at(-1)?.lotId))
  story.plan(after(day, 1), '06:00', async () => void (await story.post({ kind: 'ship', to: { customer: from('PIGLET') }, device: 'Dispatch', lines: [{ product: product('SKIM'), lot: lot(`SK${code}`), quantity: decimal(Math.floor(drawn * 0.87), 1), from: from('COLD') }] })))
}

async function cheese(dairy: Dairy, day: string): Promise<void> {
  const { story, shelves, ids } = dairy
  const drawn = draw(dairy, false)
  const wheels = Math.floor(drawn / 530)
  const grams = Array.from({ length: wheels }, () => story.random.whole(4_900, 5_450)).reduce((sum, one) => sum + one, 0)
  const code = `W${dayCode(day)}`
  const [culture] = takeOldest(shelves.culture.filter((stack) => stack.left >= 2).slice(-1), 2, day)
  const [drops] = takeOldest(shelves.rennet.slice(-1), 15, day)
  if (!culture || !drops) throw new Error('the cheese has no culture or no rennet')
  const run = await story.post({
    kind: 'transform', run: 'production', device: 'Vat', references: [{ type: 'production_order', number: `MO-${code}` }],
    inputs: [
      { product: product('MILK'), quantity: decimal(drawn, 1), from: from('TANK-1') }, { product: product('CULTURE'), lot: lot(culture.lot), quantity: '2', from: from('DRY') },
      { product: product('RENNET'), lot: lot(drops.lot), quantity: decimal(15, 2), from: from('COLD') },
    ],
    outputs: [{ product: product('WHEEL'), lot: lot(code), quantity: String(wheels), secondQuantity: decimal(grams, 3), dates: { madeOn: day, bestBy: after(day, 240) }, to: from('CELLAR') }],
  })
  ids.set(`wheels ${code}`, String(run.lines.at(-1)?.lotId))
  story.plan(after(day, 28), '10:30', async () => {
    await story.post({ kind: 'move', device: 'Cellar tablet', reason: 'ripe', lines: [{ product: product('WHEEL'), lot: lot(code), quantity: String(wheels), secondQuantity: decimal(grams, 3), from: from('CELLAR'), to: from('COLD') }] })
    shelves.wheels.push({ lot: code, left: wheels, weight: grams })
  })
}

function planDeliveries(dairy: Dairy): void {
  const { story } = dairy
  for (const { number, day } of story.weekdays(2, 4)) if (number >= 4) story.plan(day, '07:15', () => deliver(dairy, day))
}

/** Goes to the shops; some orders are promised the evening before. */
async function deliver(dairy: Dairy, day: string): Promise<void> {
  const { story, next } = dairy
  const { random } = story
  for (const shop of random.shuffled(shops).slice(0, random.whole(3, 5))) {
    const lines = pick(dairy, day, shop)
    if (lines.length === 0) continue
    const number = `SO-${(next.order += 1)}`
    const demand = { type: 'sales_order', number }
    const promised = random.chance(0.2)
    if (promised) await story.ask(reserveStock, { body: { demand, lines: lines.map(({ secondQuantity: _, ...line }) => line) } })
    await story.post({ kind: 'ship', to: { customer: from(shop) }, references: [demand], ...(promised ? { demand } : {}), device: 'Dispatch', lines })
  }
}

function pick({ story: { random }, shelves }: Dairy, day: string, shop: string): Line[] {
  return [
    ...linesOf('BUTTER', takeOldest(shelves.butter, random.whole(1, shop === 'BAKERY' ? 4 : 2) * 20, day)),
    ...(random.chance(0.7) ? linesOf('CREAM-CUP', takeOldest(shelves.cups, random.whole(1, 3) * 12, day)) : []),
    ...(random.chance(0.85) && shop !== 'BAKERY' ? linesOf('WHEEL', takeOldest(shelves.wheels, random.whole(2, 4), day)) : []),
  ]
}

interface Line { product: { sku: string }; lot: { code: string }; quantity: string; secondQuantity?: string; from: { code: string } }
const linesOf = (sku: string, taken: readonly Taken[]): Line[] => taken.map((one) => ({ product: product(sku), lot: lot(one.lot), quantity: String(one.count), ...(one.weight > 0 ? { secondQuantity: decimal(one.weight, 3) } : {}), from: from('COLD') }))

/** A hold for a day: metal was thought to be in the butter; a sample says no. */
function holdButterForMetal({ story, shelves }: Dairy): void {
  const metal = story.weekdays(3)[6]?.day ?? story.day(40)
  story.plan(metal, '15:00', async () => {
    const stack = last(shelves.butter)
    const hold = await story.ask(placeHold, { body: { subject: 'lot', lot: lot(stack.lot), product: product('BUTTER'), reason: 'metal detector gave an alarm' } })
    const [sample] = [takeFrom(stack, 3)]
    const kept = stack.left
    stack.left = 0
    await story.post({ kind: 'sample', reason: 'metal detector', device: 'Quality', lines: linesOf('BUTTER', [sample]) })
    story.plan(after(metal, 2), '11:00', async () => {
      await story.ask(releaseHold, { params: { holdId: hold.holdId }, body: { reason: 'sample clear, detector was set too fine' } })
      stack.left += kept
    })
  })
}

/** A pallet that was keyed in twice. */
function keyTwice({ story, shelves }: Dairy): void {
  const twice = story.weekdays(2)[13]?.day ?? story.day(92)
  story.plan(twice, '13:00', async () => {
    const stack = last(shelves.butter, 40)
    const copy = { kind: 'ship', to: { customer: from('MARKET') }, device: 'Dispatch', lines: linesOf('BUTTER', [takeFrom(stack, 20)]) } as const
    await story.post(copy)
    const wrong = await story.post(copy)
    await story.ask(reverseMovement, { params: { movementId: wrong.movementId }, body: { meaning: 'never_happened', reason: 'keyed in twice' } })
  })
}

/** Came back warm, and was thrown away. */
function returnWarmButter({ story, shelves }: Dairy): void {
  const warm = story.weekdays(2)[15]?.day ?? story.day(105)
  story.plan(warm, '14:00', async () => {
    const taken = takeOldest(shelves.butter, 40, warm)
    await story.post({ kind: 'ship', to: { customer: from('HOTEL') }, device: 'Dispatch', lines: linesOf('BUTTER', taken) })
    const back = taken.slice(0, 1).map((one) => ({ product: product('BUTTER'), lot: lot(one.lot), quantity: String(one.count) }))
    story.plan(after(warm, 1), '09:00', async () => void (await story.post({ kind: 'return', from: { customer: from('HOTEL') }, reason: 'van not cooled', lines: back.map((line) => ({ ...line, to: from('QUARANTINE') })) })))
    story.plan(after(warm, 2), '16:00', async () => void (await story.post({ kind: 'destroy', reason: 'cold chain broken', lines: back.map((line) => ({ ...line, from: from('QUARANTINE') })) })))
  })
}

/** Held too late for one shipment, which is told afterwards: accepted, and an exception asks a person to look. */
function holdTooLate({ story, shelves }: Dairy): void {
  const fridge = story.weekdays(5)[20]?.day ?? story.day(140)
  story.plan(fridge, '15:00', async () => {
    const stack = last(shelves.cups)
    await story.ask(placeHold, { body: { subject: 'lot', lot: lot(stack.lot), product: product('CREAM-CUP'), reason: 'cold store at 11 °C over night', note: 'Taste and pH before it goes out.' } })
    const early = takeFrom(stack, 12)
    const rest = stack.left
    stack.left = 0
    await story.post({ kind: 'ship', to: { customer: from('DELI') }, occurredAt: story.at(fridge, '12:30'), device: 'Dispatch', note: 'Note of the driver, entered later.', lines: linesOf('CREAM-CUP', [early]) })
    story.plan(after(fridge, 4), '10:00', async () => void (await story.post({ kind: 'destroy', reason: 'sour', lines: [{ product: product('CREAM-CUP'), lot: lot(stack.lot), quantity: String(rest), from: from('COLD') }] })))
  })
}

/** Salt that was delivered on Monday and entered on Thursday. */
function enterSaltLate({ story }: Dairy): void {
  const salt = story.weekdays(4)[9]?.day ?? story.day(66)
  story.plan(salt, '16:30', async () => void (await story.post({ kind: 'receive', from: { supplier: from('SUPPLY') }, occurredAt: story.at(after(salt, -3), '11:00'), note: 'Delivery note found under the scale.', lines: [{ product: product('SALT'), quantity: '25', to: from('DRY') }] })))
}

/** More of it is there than the book says: shipped all the same, and looked at. */
function shipWhatIsHere({ story, shelves }: Dairy): void {
  for (const [at, resolved] of [[11, true], [24, false]] as const) {
    const day = story.weekdays(3)[at]?.day ?? story.day(170)
    story.plan(day, '16:00', async () => {
      const stack = shelves.butter.find((one) => one.left > 0)
      if (!stack) return
      const shipped = await story.post({ kind: 'ship', itIsHere: true, to: { customer: from('CORNER') }, device: 'Dispatch', reason: 'collected at the door', lines: linesOf('BUTTER', [{ lot: stack.lot, count: stack.left + 6, weight: 0 }]) })
      stack.left = 0
      const [exceptionId] = shipped.exceptions
      if (resolved && exceptionId) story.plan(after(day, 1), '08:30', async () => void (await story.ask(resolveException, { params: { exceptionId }, body: { resolution: 'Counted: a tray had been packed short and was put back.' } })))
    })
  }
}

/** The end of each month is counted. */
function countMonths({ story, shelves }: Dairy): void {
  for (const number of [30, 61, 92, 122, 153]) {
    const day = story.day(number)
    story.plan(day, '17:30', async () => {
      const stack = shelves.butter.find((one) => one.left > 5)
      if (stack) await story.post({ kind: 'adjust', reason: 'month-end count', device: 'Counting', lines: [{ product: product('BUTTER'), lot: lot(takeFrom(stack, 1).lot), quantity: '1', place: from('COLD'), direction: 'down' }] })
    })
  }
}

/** Orders that wait for tomorrow, and an offer that holds for two days. */
function promise({ story, shelves }: Dairy): void {
  story.plan(story.day(-1), '18:00', async () => {
    const wheels = linesOf('WHEEL', takeOldest(shelves.wheels, 2, story.today)).map(({ secondQuantity: _, ...line }) => line)
    const butter = linesOf('BUTTER', takeOldest(shelves.butter, 20, story.today))
    if (wheels.length > 0) await story.ask(reserveStock, { body: { demand: { type: 'sales_order', number: 'SO-2001' }, lines: wheels } })
    if (butter.length > 0) await story.ask(reserveStock, { body: { demand: { type: 'quotation', number: 'Q-77' }, firmness: 'soft', expiresAt: story.at(after(story.today, 2), '18:00'), lines: butter } })
    const changed = linesOf('BUTTER', takeOldest(shelves.butter, 20, story.today))
    if (changed.length > 0) {
      await story.ask(reserveStock, { body: { demand: { type: 'sales_order', number: 'SO-2002' }, lines: changed } })
      await story.ask(releaseStock, { body: { demand: { type: 'sales_order', number: 'SO-2002' } } })
    }
  })
}

function guideOf({ story, made, ids }: Dairy): GuideStep[] {
  const culture = ids.get('culture CT-4471') ?? null
  const wheel = [...ids].find(([name]) => name === `wheels W${dayCode(story.weekdays(3).find(({ number }) => number > BAD_CULTURE)?.day ?? story.today)}`)?.[1] ?? null
  return [
    step('look', 'Look at the lot {code}', 'Dairy Supplies calls: this starter culture is contaminated. It came in months ago; see what is left of it and where it went.', 'lot', culture, 'CT-4471'),
    step('hold', 'Hold the lot {code}', 'Place a hold on it: from its answer on nothing of it is used. The answer says what it reaches.', 'lot', culture, 'CT-4471'),
    step('forward', 'Trace it forward', 'Every cheese that was made with it, and every shop that got some, with the quantities.', 'trace_forward', culture, 'CT-4471'),
    step('backward', 'Trace a cheese backward', 'Which milk went into one of these wheels: the tank mixes three farms, so each is possible, with its share.', 'trace_backward', wheel, null),
    step('tank', 'See the tank', 'What is in milk tank 1 now, farm by farm.', 'place', made.place('TANK-1'), 'TANK-1'),
    step('as_of', 'Ask for stock as of last month', 'Set the date back on the stock page: the book as it was, and as it was known then.', 'stock'),
    step('past', 'Find what is past its date', 'Some cups of whipping cream are: they are still on the shelf, and cannot be shipped.', 'product', made.product('CREAM-CUP'), 'CREAM-CUP'),
    step('exceptions', 'Work through the exceptions', 'Things that were accepted and should be looked at: a shipment of held cream, goods the book did not know.', 'exceptions'),
    step('ship', 'Ship an order', 'Two wheels are promised to SO-2001: ship them, and weigh them as you do.', 'product', made.product('WHEEL'), 'WHEEL'),
  ]
}

/** The youngest lot of which there are more than so many. */
function last(shelf: readonly Stack[], more = 20): Stack {
  const stack = shelf.findLast((one) => one.left >= more)
  if (!stack) throw new Error('the script finds its shelf empty')
  return stack
}

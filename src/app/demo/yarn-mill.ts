import { Temporal } from 'temporal-polyfill'
import { resolveException } from '#src/exceptions/contract.ts'
import { placeHold, releaseHold } from '#src/holds/contract.ts'
import { reserveStock, reverseMovement } from '#src/ledger/contract.ts'
import { step, type DemoCompany } from './company.ts'
import type { GuideStep } from './contract.ts'
import { enterMasters, gtin13, type Masters, type MastersMade } from './masters.ts'
import { dayCode, decimal, takeFrom, takeOldest, type Stack } from './shelf.ts'
import type { Story } from './story.ts'

/**
 * A yarn mill: wool is spun, and dyed bath by bath. A dye lot is one code on three put-ups (cones, 50 g balls, 100 g
 * hanks), kept together as a family; cones are weighed pieces. What went wrong: a navy dyestuff that bleeds went into
 * several baths, and their balls to several shops.
 */
export const yarnMill: DemoCompany = {
  company: 'yarn_mill', name: 'Fellside Yarns', trades: ['yarn'], currency: 'GBP', timeZone: 'Europe/London',
  shows: 'Dye lots as families over cones, balls and hanks; cones as weighed pieces; orders filled from one dye lot.',
  write,
}

const colours = { NAVY: 'NV', MOSS: 'MS', RUST: 'RU' } as const
type Colour = keyof typeof colours
const names: { readonly [colour in Colour]: string } = { NAVY: 'navy', MOSS: 'moss', RUST: 'rust' }
const shops = ['KNOT', 'PURL', 'FLOCK', 'SKEIN', 'LOFT'] as const
const weavers = ['WEAVE', 'TWEED'] as const

const masters: Masters = {
  facility: { code: 'MILL', name: 'Fellside mill', timeZone: 'Europe/London' },
  places: {
    WOOL: ['storage', 'Wool store'], SPINNING: ['production', 'Spinning'], DYEHOUSE: ['production', 'Dye house'], DYES: ['storage', 'Dye store'], CONES: ['storage', 'Cone racks'], SHELVES: ['storage', 'Balls and hanks'],
    QUARANTINE: ['quarantine', 'Quarantine'], DISPATCH: ['staging', 'Dispatch'],
  },
  uoms: { bag: 'Bag' },
  products: [
    { sku: 'TOP', name: 'Merino combed top', baseUom: 'kg', scale: 1, tracking: 'lot', dateKind: 'none' },
    { sku: 'ECRU', name: 'Merino DK, undyed', baseUom: 'kg', scale: 1, tracking: 'lot', dateKind: 'none' },
    ...Object.values(names).map((name) => ({ sku: `DYE-${name.toUpperCase()}`, name: `Acid dye ${name}`, baseUom: 'kg', tracking: 'lot' as const, dateKind: 'expiry' as const, blocksAfterDate: true })),
    ...Object.values(names).flatMap((name, at) => [
      { sku: `${name.toUpperCase()}-CONE`, name: `Merino DK ${name}, cone`, baseUom: 'kg', tracking: 'lot_and_serial' as const, measured: true, dateKind: 'none' as const },
      { sku: `${name.toUpperCase()}-50`, name: `Merino DK ${name}, 50 g ball`, tracking: 'lot' as const, dateKind: 'none' as const, gtin: gtin13('501987600', 10 + at), uoms: [{ uom: 'bag', numerator: '10' }] },
      { sku: `${name.toUpperCase()}-100`, name: `Merino DK ${name}, 100 g hank`, tracking: 'lot' as const, dateKind: 'none' as const, gtin: gtin13('501987600', 20 + at), uoms: [{ uom: 'bag', numerator: '5' }] },
    ]),
  ],
  parties: [
    { code: 'COMB', name: 'Dale Combers', roles: ['supplier'] }, { code: 'CHROMA', name: 'Chroma Dyestuffs', roles: ['supplier', 'maker'] },
    { code: 'KNOT', name: 'The Knot', roles: ['customer'] }, { code: 'PURL', name: 'Purl & Plain', roles: ['customer'] }, { code: 'FLOCK', name: 'Flock Wool Shop', roles: ['customer'] },
    { code: 'SKEIN', name: 'Skein Street', roles: ['customer'] }, { code: 'LOFT', name: 'The Yarn Loft', roles: ['customer'] }, { code: 'WEAVE', name: 'Harbour Weavers', roles: ['customer'] }, { code: 'TWEED', name: 'Glen Tweed Studio', roles: ['customer'] },
  ],
}

const after = (day: string, days: number): string => Temporal.PlainDate.from(day).add({ days }).toString()
const from = (code: string) => ({ code })
/** The day on which the dyestuff comes that is found to bleed, and how many baths it lasts. */
const BAD_DYE = 58

interface Cone {
  readonly serial: string
  grams: number
}
/** What is left of a dye lot. */
interface Bath {
  readonly lot: string
  readonly colour: Colour
  readonly cones: Cone[]
  readonly balls: Stack
  readonly hanks: Stack
  held: boolean
}

/** What the script keeps in mind while it is told. */
interface Mill {
  readonly story: Story
  readonly made: MastersMade
  readonly tops: Stack[]
  readonly ecru: Stack[]
  readonly dyes: { readonly [colour in Colour]: Stack[] }
  readonly baths: Bath[]
  /** Dye lots of the dyestuff that bleeds, and who got balls of them by order. */
  readonly badBaths: string[]
  readonly sent: { readonly shop: string; readonly lot: string }[]
  /** Of lots that the guide leads to. */
  readonly ids: Map<string, string>
  readonly next: { cone: number; order: number; bath: number }
  /** Dye lots that the guide names. */
  readonly named: { onHold: string; waiting: string }
}

async function write(story: Story): Promise<() => GuideStep[]> {
  const made = await enterMasters(story, masters)
  const mill: Mill = {
    story, made, tops: [], ecru: [], dyes: { NAVY: [], MOSS: [], RUST: [] }, baths: [], badBaths: [], sent: [], ids: new Map(), next: { cone: 10_000, order: 3000, bath: 400 }, named: { onHold: '', waiting: '' },
  }
  planWool(mill)
  planDyes(mill)
  planSpinning(mill)
  planDyeing(mill)
  planWinding(mill)
  planOrders(mill)
  // what does not go by plan
  cutSample(mill)
  holdOffShade(mill)
  holdTooLate(mill)
  takeBack(mill)
  returnBleeding(mill)
  sendBadBaths(mill)
  endings(mill)
  return () => guideOf(mill)
}

function planWool({ story, tops }: Mill): void {
  for (let number = 0; number < 182; number += 28) {
    const day = story.day(number)
    story.plan(day, '07:00', async () => {
      const code = `DC${dayCode(day)}`
      await story.post({ kind: 'receive', from: { supplier: from('COMB') }, references: [{ type: 'purchase_order', number: `PO-${dayCode(day)}` }], lines: [{ product: { sku: 'TOP' }, lot: { code }, quantity: '420', unitCost: '14.2', to: from('WOOL') }] })
      tops.push({ lot: code, left: 4200 })
    })
  }
}

function planDyes({ story, dyes, ids }: Mill): void {
  for (const [at, number] of [0, BAD_DYE, 116, 160].entries()) {
    const day = story.day(number)
    story.plan(day, '07:30', async () => {
      for (const colour of Object.keys(colours) as Colour[]) {
        const code = number === BAD_DYE && colour === 'NAVY' ? 'D-7781' : `D-${7000 + at * 310 + colour.length * 7 + colours[colour].charCodeAt(0)}`
        const received = await story.post({
          kind: 'receive', from: { supplier: from('CHROMA') }, references: [{ type: 'purchase_order', number: `PO-${dayCode(day)}` }],
          lines: [{ product: { sku: `DYE-${colour}` }, lot: { code }, quantity: '12', dates: { expiresOn: after(day, number === 0 ? 150 : 365) }, unitCost: '62', to: from('DYES') }],
        })
        dyes[colour].push({ lot: code, left: 12_000 })
        ids.set(`dye ${code}`, String(received.lines[0]?.lotId))
      }
    })
  }
}

function planSpinning({ story, tops, ecru }: Mill): void {
  for (const { day } of story.weekdays(1)) {
    story.plan(day, '08:00', async () => {
      const taken = takeOldest(tops, story.random.whole(880, 980), day)
      const given = Math.floor(taken.reduce((sum, one) => sum + one.count, 0) * 0.955)
      const code = `SP${dayCode(day)}`
      await story.post({
        kind: 'transform', run: 'production', device: 'Spinning', inputs: taken.map((one) => ({ product: { sku: 'TOP' }, lot: { code: one.lot }, quantity: decimal(one.count, 1), from: from('WOOL') })),
        outputs: [{ product: { sku: 'ECRU' }, lot: { code }, quantity: decimal(given, 1), dates: { madeOn: day }, to: from('DYEHOUSE') }],
      })
      ecru.push({ lot: code, left: given })
    })
  }
}

function planDyeing(mill: Mill): void {
  const { story } = mill
  const turn: readonly Colour[] = ['NAVY', 'MOSS', 'RUST']
  // nothing is dyed before something was spun
  const spun = story.weekdays(1)[0]?.number ?? 0
  story.weekdays(2, 4).filter(({ number }) => number > Math.max(1, spun)).forEach(({ day }, at) => story.plan(day, '07:45', () => dye(mill, day, turn[at % 3] ?? 'NAVY')))
}

/** A bath is one colour, one lot, some thirty cones. */
async function dye({ story, ecru, dyes, baths, ids, next }: Mill, day: string, colour: Colour): Promise<void> {
  const { random } = story
  const yarn = takeOldest(ecru, random.whole(360, 430), day)
  const grams = yarn.reduce((sum, one) => sum + one.count, 0) * 100
  const dyestuff = takeOldest(dyes[colour].slice(-1), 620, day)
  const lot = `${colours[colour]}-${(next.bath += 1)}`
  const wound: Cone[] = Array.from({ length: Math.floor(grams / 1250) }, () => ({ serial: `C${(next.cone += 1)}`, grams: random.whole(1_140, 1_240) }))
  const run = await story.post({
    kind: 'transform', run: 'production', device: 'Dye house', references: [{ type: 'production_order', number: `BATH-${next.bath}` }],
    inputs: [
      ...yarn.map((one) => ({ product: { sku: 'ECRU' }, lot: { code: one.lot }, quantity: decimal(one.count, 1), from: from('DYEHOUSE') })),
      ...dyestuff.map((one) => ({ product: { sku: `DYE-${colour}` }, lot: { code: one.lot }, quantity: decimal(one.count, 3), from: from('DYES') })),
    ],
    outputs: [{ product: { sku: `${colour}-CONE` }, lot: { code: lot }, family: lot, units: wound.map((cone) => ({ serial: cone.serial, quantity: decimal(cone.grams, 3) })), dates: { madeOn: day }, to: from('CONES') }],
  })
  ids.set(`cones ${lot}`, String(run.lines.at(-1)?.lotId))
  baths.push({ lot, colour, cones: wound, balls: { lot, left: 0 }, hanks: { lot, left: 0 }, held: false })
}

function planWinding(mill: Mill): void {
  const { story, baths } = mill
  const { random } = story
  for (const { number, day } of story.weekdays(3, 5)) {
    if (number < 4) continue
    story.plan(day, '08:15', async () => {
      const bath = baths.findLast((one) => one.cones.length > 16 && !one.held)
      if (!bath) return
      await putUp(mill, bath, random.whole(8, 12), '50')
      await putUp(mill, bath, random.whole(4, 7), '100')
    })
  }
}

/** Cones of a bath are wound into balls and hanks, which keep its lot and family. */
async function putUp({ story, ids }: Mill, bath: Bath, count: number, into: '50' | '100'): Promise<void> {
  const chosen = bath.cones.splice(0, count)
  if (chosen.length === 0) return
  const grams = chosen.reduce((sum, cone) => sum + cone.grams, 0)
  const pieces = Math.floor((grams * 0.985) / Number(into))
  const run = await story.post({
    kind: 'transform', run: 'repack', device: 'Winding', inputs: [{ product: { sku: `${bath.colour}-CONE` }, units: chosen.map(({ serial }) => ({ serial })), from: from('CONES') }],
    outputs: [{ product: { sku: `${bath.colour}-${into}` }, lot: { code: bath.lot }, family: bath.lot, quantity: String(pieces), to: from('SHELVES') }],
  })
  ids.set(`${into} ${bath.lot}`, String(run.lines.at(-1)?.lotId))
  ;(into === '50' ? bath.balls : bath.hanks).left += pieces
}

function planOrders(mill: Mill): void {
  const { story, baths, next } = mill
  const { random } = story
  for (const { number, day } of story.weekdays(1, 3, 5)) {
    if (number < 7) continue
    story.plan(day, '13:00', async () => {
      for (const shop of random.shuffled(shops).slice(0, random.whole(2, 3))) {
        const open = baths.filter((one) => one.balls.left >= 20 && !one.held)
        if (open.length === 0) continue
        const bath = random.pick(open.slice(0, 6))
        await shipTo(mill, shop, bath, Math.min(bath.balls.left, random.whole(2, 6) * 10), Math.min(bath.hanks.left, random.whole(0, 4) * 5))
      }
      if (!random.chance(0.5)) return
      const bath = baths.find((one) => one.cones.length >= 4 && !one.held)
      const chosen = bath?.cones.splice(0, random.whole(3, 4)) ?? []
      if (bath && chosen.length > 0) {
        await story.post({ kind: 'ship', to: { customer: from(random.pick(weavers)) }, references: [{ type: 'sales_order', number: `SO-${(next.order += 1)}` }], device: 'Dispatch', lines: [{ product: { sku: `${bath.colour}-CONE` }, units: chosen.map(({ serial }) => ({ serial })), from: from('CONES') }] })
      }
    })
  }
}

/** Each line is of one dye lot. */
async function shipTo({ story, next }: Mill, shop: string, bath: Bath, balls: number, hanks: number) {
  const lines = [
    ...(balls > 0 ? [{ product: { sku: `${bath.colour}-50` }, lot: { code: takeFrom(bath.balls, balls).lot }, quantity: String(balls), from: from('SHELVES') }] : []),
    ...(hanks > 0 ? [{ product: { sku: `${bath.colour}-100` }, lot: { code: takeFrom(bath.hanks, hanks).lot }, quantity: String(hanks), from: from('SHELVES') }] : []),
  ]
  return story.post({ kind: 'ship', to: { customer: from(shop) }, references: [{ type: 'sales_order', number: `SO-${(next.order += 1)}` }], device: 'Dispatch', lines })
}

/** A cone is cut for a sample book. */
function cutSample({ story, baths }: Mill): void {
  const cutDay = story.weekdays(5)[8]?.day ?? story.day(60)
  story.plan(cutDay, '15:00', async () => {
    const bath = last(baths, (one) => one.cones.length > 3)
    const cone = bath.cones[0] as Cone
    await story.post({
      kind: 'transform', run: 'cut', device: 'Winding', reason: 'sample book', inputs: [{ product: { sku: `${bath.colour}-CONE` }, units: [{ serial: cone.serial, quantity: '0.3' }], from: from('CONES') }],
      outputs: [{ product: { sku: `${bath.colour}-CONE` }, lot: { code: bath.lot }, units: [{ serial: `${cone.serial}-S`, quantity: '0.3' }], to: from('CONES') }],
    })
    cone.grams -= 300
    await story.post({ kind: 'sample', reason: 'sample book', device: 'Winding', lines: [{ product: { sku: `${bath.colour}-CONE` }, units: [{ serial: `${cone.serial}-S` }], from: from('CONES') }] })
  })
}

/** A whole dye lot is held over its three put-ups, and released. */
function holdOffShade({ story, baths }: Mill): void {
  const shade = story.weekdays(4)[11]?.day ?? story.day(80)
  story.plan(shade, '16:30', async () => {
    const bath = last(baths, (one) => one.balls.left > 0)
    const hold = await story.ask(placeHold, { body: { subject: 'family', family: { code: bath.lot }, reason: 'shade looks off against the card' } })
    bath.held = true
    story.plan(after(shade, 4), '10:00', async () => {
      await story.ask(releaseHold, { params: { holdId: hold.holdId }, body: { reason: 'daylight lamp: within tolerance' } })
      bath.held = false
    })
  })
}

/** Told late: a parcel had left before the hold on its dye lot. */
function holdTooLate({ story, baths }: Mill): void {
  const late = story.weekdays(3)[21]?.day ?? story.day(150)
  story.plan(late, '16:00', async () => {
    const bath = last(baths, (one) => one.balls.left >= 30 && !one.held)
    const hold = await story.ask(placeHold, { body: { subject: 'family', family: { code: bath.lot }, reason: 'label says DK, gauge looks like sport' } })
    bath.held = true
    const lines = [{ product: { sku: `${bath.colour}-50` }, lot: { code: takeFrom(bath.balls, 20).lot }, quantity: '20', from: from('SHELVES') }]
    const shipped = await story.post({ kind: 'ship', to: { customer: from('LOFT') }, occurredAt: story.at(late, '14:10'), note: 'Parcel book, entered in the evening.', lines })
    const [exceptionId] = shipped.exceptions
    story.plan(after(late, 2), '09:00', async () => {
      if (exceptionId) await story.ask(resolveException, { params: { exceptionId }, body: { resolution: 'The Yarn Loft was told, and keeps it.' } })
      await story.ask(releaseHold, { params: { holdId: hold.holdId }, body: { reason: 'gauge measured: it is DK' } })
      bath.held = false
    })
  })
}

/** A run that was entered for the wrong bath, taken back and entered again. */
function takeBack(mill: Mill): void {
  const { story, baths } = mill
  const wrongDay = story.weekdays(5)[14]?.day ?? story.day(100)
  story.plan(wrongDay, '16:00', async () => {
    const bath = last(baths, (one) => one.balls.left >= 40 && !one.held)
    const wrong = await story.post({ kind: 'ship', to: { customer: from('PURL') }, device: 'Dispatch', lines: [{ product: { sku: `${bath.colour}-50` }, lot: { code: bath.lot }, quantity: '40', from: from('SHELVES') }] })
    await story.ask(reverseMovement, { params: { movementId: wrong.movementId }, body: { meaning: 'never_happened', reason: 'wrong dye lot keyed' } })
    const cancelled = await shipTo(mill, 'PURL', bath, 20, 0)
    await story.ask(reverseMovement, { params: { movementId: cancelled.movementId }, body: { meaning: 'undone', reason: 'customer cancelled, parcel still here' } })
    bath.balls.left += 20
  })
}

/** Two shops send navy back: it bleeds. */
function returnBleeding({ story, sent }: Mill): void {
  for (const [at, number] of [169, 174].entries()) {
    const day = story.day(number)
    story.plan(day, '11:30', async () => {
      const parcel = sent[at]
      if (!parcel) throw new Error('no shop got a bad dye lot')
      await story.post({ kind: 'return', from: { customer: from(parcel.shop) }, reason: 'bleeds in the wash', lines: [{ product: { sku: 'NAVY-50' }, lot: { code: parcel.lot }, quantity: '4', to: from('QUARANTINE') }] })
    })
  }
}

/** Every bath of D-7781: the navy ones between its delivery and the next. So that shops got some, four of them get it by order. */
function sendBadBaths(mill: Mill): void {
  const { story, baths, badBaths, sent, next } = mill
  let firstBad: number | null = null
  let afterBad: number | null = null
  const numberOf = (bath: Bath): number => Number(bath.lot.slice(3))
  const lastBad = (): number => (afterBad ?? Infinity) - 1
  story.weekdays(3, 5).filter(({ number }) => number > BAD_DYE + 9 && number < 116).slice(0, 8).forEach(({ day }, at) => story.plan(day, '15:15', async () => {
    for (const bath of baths) if (bath.colour === 'NAVY' && firstBad !== null && numberOf(bath) >= firstBad && numberOf(bath) <= lastBad() && !badBaths.includes(bath.lot)) badBaths.push(bath.lot)
    const bath = baths.find((one) => badBaths.includes(one.lot) && one.balls.left >= 20 && !one.held)
    const shop = shops[at % 4] ?? 'KNOT'
    if (!bath) return
    await shipTo(mill, shop, bath, 20, 0)
    sent.push({ shop, lot: bath.lot })
  }))
  story.plan(story.day(BAD_DYE), '07:40', async () => void (firstBad = next.bath + 1))
  story.plan(story.day(116), '07:40', async () => void (afterBad = next.bath + 1))
}

/** At the end: one dye lot on hold, an order that waits, an offer, and goods the book did not know. */
function endings({ story, baths, named }: Mill): void {
  story.plan(story.day(-3), '15:00', async () => {
    const bath = last(baths, (one) => one.balls.left > 0 && one.colour === 'RUST' && !one.held)
    await story.ask(placeHold, { body: { subject: 'family', family: { code: bath.lot }, reason: 'light fastness test is out', note: 'Laboratory answers by Friday.', allows: [] } })
    bath.held = true
    named.onHold = bath.lot
  })
  story.plan(story.day(-2), '15:30', async () => {
    const bath = last(baths, (one) => one.balls.left >= 10 && one.colour === 'MOSS' && !one.held)
    await story.post({ kind: 'ship', itIsHere: true, to: { customer: from('SKEIN') }, device: 'Dispatch', reason: 'collected', lines: [{ product: { sku: 'MOSS-50' }, lot: { code: bath.lot }, quantity: String(bath.balls.left + 7), from: from('SHELVES') }] })
    bath.balls.left = 0
  })
  story.plan(story.day(-1), '17:00', async () => {
    const bath = last(baths, (one) => one.balls.left >= 60 && !one.held)
    await story.ask(reserveStock, { body: { demand: { type: 'sales_order', number: 'SO-4001' }, reasons: ['one dye lot for the whole blanket'], lines: [{ product: { sku: `${bath.colour}-50` }, lot: { code: bath.lot }, quantity: '40', from: from('SHELVES') }] } })
    await story.ask(reserveStock, { body: { demand: { type: 'quotation', number: 'Q-19' }, firmness: 'soft', expiresAt: story.at(after(story.today, 3), '17:00'), lines: [{ product: { sku: `${bath.colour}-50` }, lot: { code: bath.lot }, quantity: '20', from: from('SHELVES') }] } })
    named.waiting = bath.lot
  })
}

function guideOf({ made, ids, badBaths, named: { onHold, waiting } }: Mill): GuideStep[] {
  const bad = ids.get('dye D-7781') ?? null
  const held = ids.get(`50 ${onHold}`) ?? null
  return [
    step('look', 'Look at the dyestuff {code}', 'Two shops sent navy balls back because they bleed. This dyestuff is what they have in common.', 'lot', bad, 'D-7781'),
    step('forward', 'Trace it forward', 'Every navy dye lot of it, its cones, balls and hanks, and every shop and weaver that got some.', 'trace_forward', bad, 'D-7781'),
    step('hold', 'Hold the dye lot {code}', 'Hold the family: cones, balls and hanks of the bath at once.', 'lot', ids.get(`cones ${badBaths[0] ?? ''}`) ?? null, badBaths[0] ?? null),
    step('held', 'See the hold on {code}', 'A whole dye lot is held until the laboratory answers. Release it with a reason, or try to ship it first.', 'lot', held, onHold),
    step('promised', 'Open the dye lot {code}', 'Forty balls of it are promised to one order, so that the blanket is of one bath.', 'lot', ids.get(`50 ${waiting}`) ?? null, waiting),
    step('cone', 'Open a cone', 'Each cone is a piece with its own weight: what is left of it, and where it came from.', 'product', made.product('MOSS-CONE'), 'MOSS-CONE'),
    step('exceptions', 'Work through the exceptions', 'Seven balls that the book did not know were shipped all the same.', 'exceptions'),
    step('returned', 'See what came back', 'The returned balls are in quarantine.', 'place', made.place('QUARANTINE'), 'QUARANTINE'),
  ]
}

/** The youngest dye lot of which this is true. */
function last(baths: readonly Bath[], fits: (bath: Bath) => boolean): Bath {
  const bath = baths.findLast(fits)
  if (!bath) throw new Error('the script finds no such dye lot')
  return bath
}

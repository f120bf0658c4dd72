import { expect, test } from 'vitest'
import { verifyOrganization } from '#src/verify/verify.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { formatQuantity, quantity, type Quantity } from '#src/lib/quantity.ts'
import type { Clock } from '#src/lib/time.ts'
import type { Answer, TestApp } from '../support/app.ts'
import { mastersOf, type Masters } from '../support/masters.ts'
import { statedApi } from '../support/stated.ts'
import { parseStory, printStory, readSentence, serialsOf, wordsOf, type Line, type Sentence, type Thing } from './language.ts'

/** A clock that a story sets; a minute passes with each of its lines. */
export interface StoryClock {
  now: number
  read: Clock
}

export function createStoryClock(): StoryClock {
  const clock: StoryClock = { now: 0, read: () => new Date(clock.now++).toISOString() }
  return clock
}

/** A story as a test: told to an organisation of its own over HTTP, its verdicts compared, its books proved at the end. */
export function story(title: string, scene: () => { app: TestApp; clock: StoryClock }, text: string): void {
  test(title, async () => {
    const lines = parseStory(text)
    if (lines.findLast((line) => line.verb === 'on' && line.expected !== null)?.rest.length !== 1) throw new Error('a story ends with what is on hand: `on hand -> ...`')
    const { told, proveBooks } = await tellStory(scene(), title, lines)
    expect(told).toBe(printStory(lines, (line) => (line.expected === null ? null : wordsOf(line.expected).join(' '))))
    await proveBooks()
  })
}

/** Runs a story and gives it back with the verdicts that really came. */
export async function tellStory({ app, clock }: { app: TestApp; clock: StoryClock }, title: string, lines: readonly Line[]): Promise<{ told: string; proveBooks: () => Promise<void> }> {
  clock.now = Date.parse('2026-11-23T08:00:00Z')
  const other = await app.otherOrganization(title)
  const teller = new Teller(app, other.organizationId, statedApi(app.apiAs(other.key)), clock)
  const verdicts = new Map<Line, string | null>()
  for (const line of lines) {
    clock.now = Math.ceil((clock.now + 1) / 60_000) * 60_000
    for (const [told, verdict] of await teller.tell(line)) verdicts.set(told, verdict)
  }
  return { told: printStory(lines, (line) => verdicts.get(line) ?? null), proveBooks: () => teller.proveBooks() }
}

type Body = Record<string, unknown>
interface Request {
  readonly path: string
  readonly body: Body
}

/** What a movement is called on the right of the arrow. */
const nouns: Record<string, string> = {
  receipt: 'receive', move: 'move', adjustment: 'adjust', run: 'transform', shipment: 'ship', return: 'return', handover: 'change_owner', packing: 'pack', unpacking: 'unpack', sample: 'sample', destruction: 'destroy', undo: 'reverse',
}

class Teller {
  private readonly app: TestApp
  private readonly organizationId: OrganizationId
  private readonly api: TestApp['api']
  private readonly clock: StoryClock
  private readonly masters: Masters
  private readonly products = new Map<string, { id: string; uom: string; tracking: string }>()
  private readonly parties = new Set<string>()
  private firstPlace = 'MAIN'
  /** `receipt 1` and the like, with the ids they stand for. */
  private readonly names = new Map<string, string>()
  private readonly orders = new Map<string, string>()

  constructor(app: TestApp, organizationId: OrganizationId, api: TestApp['api'], clock: StoryClock) {
    this.app = app
    this.organizationId = organizationId
    this.api = api
    this.clock = clock
    this.masters = mastersOf(api)
  }

  async tell(line: Line): Promise<[Line, string | null][]> {
    if (line.members.length > 0) return this.tellBlock(line)
    return [[line, await this.tellOne(line)]]
  }

  private async tellOne({ verb, rest, expected, text }: Line): Promise<string | null> {
    switch (verb) {
      case 'product': return this.declareProduct(rest)
      case 'unit': return this.declareUnit(rest)
      case 'barcode': return this.declareBarcode(rest)
      case 'party': case 'supplier': case 'customer':
        this.parties.add(rest.join(' '))
        await this.masters.party(rest.join(' '))
        return null
      case 'place': case 'tank': case 'quarantine':
        if (this.firstPlace === 'MAIN') this.firstPlace = rest[0] ?? ''
        await this.masters.place(rest[0] ?? '', verb === 'place' ? (rest[1] ?? 'storage') : verb)
        return null
      case 'plate':
        await this.masters.plate(rest[0] ?? '')
        return null
      case 'the': // the next day
        this.clock.now += 24 * 60 * 60 * 1000
        return null
      case 'on': return this.onHand(rest, expected ?? '')
      case 'where': return this.whereIs(rest)
      case 'forward': case 'backward': return this.traced(verb, rest, expected ?? '')
      case 'track': return this.verdictOf(await this.api('POST', `/products/${this.product(rest[0] ?? '').id}/tracking`, { tracking: trackingOf(rest.slice(1)) }), expected ?? '')
      case 'merge-lots': return this.mergeLots(rest, expected ?? '')
      case 'dry': {
        const { path, body } = this.request(rest[1] ?? '', rest.slice(2))
        return `would be ${this.verdictOf(await this.api('POST', `${path}?dryRun=true`, body), expected?.replace(/^would be /, '') ?? '')}`
      }
      default: {
        const key = rest.includes('key') ? rest[rest.indexOf('key') + 1] : undefined
        const { path, body } = this.request(verb, rest, text)
        return this.verdictOf(await this.api('POST', path, body, key === undefined ? {} : { 'idempotency-key': `${this.organizationId}/${key}` }), expected ?? '', rest)
      }
    }
  }

  // Masters --------------------------------------------------------------------------------------------------------------

  /** `product CHEESE each by lot weighed kg use-by blocks`, `product ROLL m by piece`, `product BIKE each by serial` */
  private async declareProduct(rest: readonly string[]): Promise<null> {
    const [sku = '', uom = 'each'] = rest
    const after = (word: string): string | undefined => (rest.includes(word) ? rest[rest.indexOf(word) + 1] : undefined)
    const tracking = trackingOf(rest)
    const secondUom = after('weighed')
    const id = await this.masters.product(sku, {
      uom, tracking, measured: rest.includes('piece') || rest.includes('pieces'), blocksAfterDate: rest.includes('blocks'), ...(secondUom === undefined ? {} : { secondUom }), ...(after('scale') === undefined ? {} : { scale: Number(after('scale')) }),
    })
    this.products.set(sku, { id, uom, tracking })
    return null
  }

  /** `unit SCREW box is 200` or `unit CREAM can is 1000 / 3` */
  private async declareUnit([sku = '', uom = '', , numerator = '1', , denominator = '1']: readonly string[]): Promise<null> {
    await this.masters.conversion(this.product(sku).id as never, uom, numerator, denominator)
    return null
  }

  /** `barcode 14012345000019 of MILK 12` */
  private async declareBarcode([gtin = '', , sku = '', pack = '1']: readonly string[]): Promise<null> {
    await this.masters.gtin(this.product(sku).id as never, gtin, pack)
    return null
  }

  private product(sku: string): { id: string; uom: string } {
    const found = this.products.get(sku)
    if (!found) throw new Error(`no product ${sku} was declared`)
    return found
  }

  // Events ---------------------------------------------------------------------------------------------------------------

  private request(verb: string, rest: readonly string[], text = ''): Request {
    if (verb === 'undo' || verb === 'never') return this.undo(verb, rest)
    if (verb === 'hold') return this.hold(rest, text)
    if (verb === 'release') return this.release(rest)
    const sentence = readSentence(rest)
    const because = sentence.word('because')
    const on = sentence.word('on')
    const header: Body = { ...(because === undefined ? {} : { reason: because }), ...(on === undefined ? {} : { occurredAt: `${on}:00Z` }), ...(sentence.flags.has('here') ? { itIsHere: true } : {}) }
    const { path, body } = this.movement(verb, sentence)
    return { path, body: { ...header, ...body } }
  }

  private movement(verb: string, sentence: Sentence): Request {
    const at = { code: sentence.word('at') ?? this.firstPlace }
    const from = { code: sentence.word('from') ?? sentence.word('at') ?? this.firstPlace }
    const to = { code: sentence.word('to') ?? sentence.word('at') ?? this.firstPlace }
    const named = (word: 'from' | 'to'): { name: string } => ({ name: sentence.word(word) ?? [...this.parties][0] ?? '' })
    const lines = (place: Body): Body[] => sentence.things.map((thing) => ({ ...this.thing(thing), ...place }))
    const demand = sentence.word('for') === undefined ? {} : { demand: { type: 'sales_order', number: sentence.word('for') } }
    switch (verb) {
      case 'receive': return { path: '/movements/receive', body: { from: { supplier: named('from') }, lines: lines({ to: at }) } }
      case 'open': return { path: '/movements/adjust', body: { reason: 'opening', lines: lines({ place: at, direction: 'up' }) } }
      case 'adjust': return { path: '/movements/adjust', body: { lines: lines({ place: at, direction: sentence.flags.has('up') ? 'up' : 'down' }) } }
      case 'move': return { path: '/movements/move', body: { lines: sentence.things.map((thing) => this.moved(thing, sentence, from, to)) } }
      case 'ship': return { path: '/movements/ship', body: { to: { customer: named('to') }, ...demand, lines: sentence.things.map((thing) => this.shipped(thing, from)) } }
      case 'return': return { path: '/movements/return', body: { from: { customer: named('from') }, lines: lines({ to: at }) } }
      case 'hand-over': return { path: '/movements/change-owner', body: { lines: lines({ place: at, toOwner: this.owner(sentence.word('new-owner') ?? '') }) } }
      case 'pack': return { path: '/movements/pack', body: { plate: { code: sentence.word('onto') }, lines: lines({ place: at }) } }
      case 'unpack': return { path: '/movements/unpack', body: { plate: { code: sentence.word('off') }, ...(sentence.things.length > 0 ? { lines: lines({ place: at }) } : {}) } }
      case 'sample': case 'destroy': return { path: `/movements/${verb}`, body: { lines: lines({ from }) } }
      case 'reserve': {
        const until = sentence.word('until')
        return { path: '/allocations', body: { ...demand, ...(until === undefined ? {} : { firmness: 'soft', expiresAt: `${until}:00Z` }), lines: lines({ from }) } }
      }
      case 'consume': case 'produce': return this.ordered(verb, sentence, from, to)
      default: return { path: '/movements/transform', body: { run: runOf(verb), inputs: lines({ from }), outputs: sentence.outputs.map((thing) => ({ ...this.thing(thing), to })) } }
    }
  }

  /** Inputs and outputs of an order come one by one and are one run. */
  private ordered(verb: string, sentence: Sentence, from: Body, to: Body): Request {
    const order = sentence.word('order') ?? ''
    const runId = this.orders.get(order)
    const things = sentence.things.map((thing) => this.thing(thing))
    return {
      path: '/movements/transform',
      body: {
        references: [{ type: 'production_order', number: order }], ...(runId === undefined ? {} : { runId }),
        inputs: verb === 'consume' ? things.map((thing) => ({ ...thing, from })) : [], outputs: verb === 'produce' ? things.map((thing) => ({ ...thing, to })) : [],
      },
    }
  }

  private moved(thing: Thing, sentence: Sentence, from: Body, to: Body): Body {
    const whole = wholePlate(thing)
    if (whole) return { wholePlate: whole, to }
    const onto = sentence.word('onto')
    return { ...this.thing(thing), from, to, ...(onto === undefined ? {} : { toPlate: { code: onto } }) }
  }

  private shipped(thing: Thing, from: Body): Body {
    const whole = wholePlate(thing)
    return whole ? { wholePlate: whole } : { ...this.thing(thing), from }
  }

  private undo(verb: string, rest: readonly string[]): Request {
    const end = rest.findIndex((word) => word === 'because' || word === 'key')
    const name = rest.slice(0, end < 0 ? undefined : end).join(' ')
    const id = this.names.get(name)
    if (id === undefined) throw new Error(`nothing is called ${name}`)
    return { path: `/movements/${id}/reverse`, body: { meaning: verb === 'undo' ? 'undone' : 'never_happened', reason: readSentence(rest.slice(end < 0 ? rest.length : end)).word('because') ?? 'a mistake' } }
  }

  private hold(rest: readonly string[], text: string): Request {
    const [subject = '', code = ''] = rest
    const reason = /"([^"]*)"/.exec(text)?.[1] ?? 'a question'
    const product = rest[2] === 'of' ? rest[3] : ['lot', 'unit'].includes(subject) ? this.productByCode(code) : ''
    const allows = rest.includes('allowing') ? { allows: rest.slice(rest.indexOf('allowing') + 1) } : {}
    const subjects: Record<string, Body> = {
      lot: { lot: { code }, product: { sku: product } }, unit: { unit: { serial: code }, product: { sku: product } }, place: { place: { code } }, plate: { plate: { code } }, family: { family: { code } },
    }
    return { path: '/holds', body: { subject, ...subjects[subject], reason, ...allows } }
  }

  private release(rest: readonly string[]): Request {
    const [what = '', number = '', why = 'decided'] = rest
    if (what !== 'hold') return { path: '/allocations/release', body: { demand: { type: 'sales_order', number: what } } }
    return { path: `/holds/${this.names.get(`hold ${number}`)}/release`, body: { reason: why } }
  }

  private async mergeLots(rest: readonly string[], expected: string): Promise<string> {
    const [code = '', , into = ''] = rest
    const { rows } = await this.app.admin.query<{ code: string; lot_id: string }>('select code, lot_id from lot where organization_id = $1 and code = any($2)', [this.organizationId, [code, into]])
    const id = (of: string): string => rows.find((row) => row.code === of)?.lot_id ?? ''
    return this.verdictOf(await this.api('POST', `/lots/${id(code)}/merge`, { into: id(into), reason: 'the same' }), expected)
  }

  private productByCode(code: string): string {
    const dash = code.lastIndexOf('-')
    const prefix = dash < 0 ? code : code.slice(0, dash)
    if (this.products.has(prefix)) return prefix
    const [only] = this.products.keys()
    if (only === undefined || this.products.size > 1) throw new Error(`which product is ${code} of?`)
    return only
  }

  private owner(name: string): Body | string {
    return name === 'ours' ? this.organizationId : { name }
  }

  /** A thing as the API names it. */
  private thing({ words }: Thing): Body {
    const [lot, quantityOfLot, uomOfLot] = words.get('lot') ?? []
    const [sku, quantityOfGoods, uomOfGoods] = words.get('goods') ?? []
    const [gtin, cases] = words.get('case') ?? []
    const serials = serialsOf(words.get('serial') ?? words.get('serials') ?? [])
    const pieces = piecesOf(words.get('piece') ?? words.get('pieces') ?? [])
    const product = gtin === undefined ? { sku: words.get('of')?.[0] ?? sku ?? this.productByCode(lot ?? serials[0] ?? pieces[0]?.serial ?? '') } : { gtin }
    const amount = quantityOfLot ?? quantityOfGoods ?? cases
    const uom = uomOfLot ?? uomOfGoods
    const units = [...serials.map((serial) => ({ serial })), ...pieces]
    const [dates, owner, plate, family, issuer, weight, using, cost] = [datesOf(words), words.get('owner')?.join(' '), words.get('plate')?.[0], words.get('family')?.[0], words.get('issuer')?.join(' '), words.get('weighing')?.[0], words.get('using'), words.get('cost')?.[0]]
    return {
      product,
      ...(lot !== undefined && { lot: { code: lot, ...(issuer !== undefined && { issuer: { name: issuer } }) } }), ...(units.length > 0 && { units }),
      ...(amount !== undefined && { quantity: amount }), ...(uom !== undefined && { uom }), ...(weight !== undefined && { secondQuantity: weight }), ...(owner !== undefined && { owner: this.owner(owner) }),
      ...(plate !== undefined && { plate: { code: plate } }), ...(family !== undefined && { family }), ...(dates && { dates }), ...(cost !== undefined && { unitCost: cost }),
      ...(using && { uses: [{ input: Number(using[0]) - 1, ...(using[1] !== undefined && { quantity: using[1] }) }] }),
    }
  }

  // Blocks ---------------------------------------------------------------------------------------------------------------

  /** `together`: all or nothing, one verdict. `each`: a verdict a line. */
  private async tellBlock(block: Line): Promise<[Line, string | null][]> {
    const atomic = block.verb === 'together'
    const movements = block.members.map((member) => {
      const { path, body } = this.request(member.verb, member.rest, member.text)
      return { kind: path.replace('/movements/', '').replaceAll('-', '_'), ...body }
    })
    const answer = await this.api('POST', '/movements/bulk', { atomic, movements })
    if (atomic || answer.status !== 200) return [[block, this.verdictOf(answer, block.expected ?? '')]]
    const results = answer.body.results as ({ ok: true; movement: object } | { ok: false; refusal: { code: string; data: object } })[]
    return block.members.map((member, at) => {
      const result = results[at]
      const single: Answer = result?.ok ? { status: 200, body: result.movement, headers: {} } : { status: 409, body: { code: result?.refusal.code, params: result?.refusal.data }, headers: {} }
      return [member, this.verdictOf(single, member.expected ?? '')]
    })
  }

  // Verdicts -------------------------------------------------------------------------------------------------------------

  /** What came of it, in the words of the expectation as far as they are true. */
  private verdictOf(answer: Answer, expected: string, rest: readonly string[] = []): string {
    const { status, body } = answer
    const wanted = wordsOf(expected.replace(/^again /, ''))
    if (status >= 500) return `fault ${status}`
    if (status !== 200) {
      const params = wanted[0] === 'refused' ? wanted.slice(2).flatMap((word, at) => (at % 2 === 0 ? [word, String((body.params as Body)?.[word])] : [])) : []
      return ['refused', body.code, ...params.map((value) => this.nameOf(value))].join(' ')
    }
    if (body.released !== undefined && wanted[0] === 'released') return `released ${body.released}`
    const again = answer.headers['idempotent-replayed'] === 'true' ? 'again ' : ''
    const told = (body.exceptions as string[] | undefined)?.length ? ' telling' : ''
    if (wanted[0] === 'ok' || wanted[0] === undefined) return `${again}ok${told}`
    const id = (body.movementId ?? body.holdId ?? body.allocations?.[0]?.allocationId) as string
    const kind = (body.kind ?? (body.holdId ? 'hold' : body.allocations ? 'reservation' : 'ok')) as string
    const noun = Object.keys(nouns).find((name) => nouns[name] === kind) ?? kind
    const known = [...this.names].find(([, named]) => named === id)?.[0]
    const name = known ?? (noun === wanted[0] ? `${noun} ${wanted[1]}` : noun)
    if (!known && noun === wanted[0]) {
      if (this.names.has(name)) return `${name} a second time`
      this.names.set(name, id)
    }
    const order = readSentenceSafely(rest)?.word('order')
    if (order !== undefined && !this.orders.has(order)) this.orders.set(order, body.movementId as string)
    const mixture = (body.lines as { fromMixture: boolean; lotId: string; quantity: string }[] | undefined)?.filter((line) => line.fromMixture) ?? []
    return `${again}${name}${told}${mixture.length > 0 ? ` taking ${mixture.map((line) => line.quantity).join(' ')}` : ''}`
  }

  /** Ids of movements in refusals by the names the story gave them. */
  private nameOf(value: string): string {
    return [...this.names].find(([, id]) => id === value)?.[0] ?? value
  }

  /** Everything that is there, or of one lot, in the order the expectation has it. */
  private async onHand(rest: readonly string[], expected: string): Promise<string> {
    const { rows } = await this.app.admin.query<{ sku: string; uom: string; second_uom: string | null; lot: string | null; place: string; owner: string | null; plate: string | null; on_hand: string; allocated: string; second: string }>(
      `select p.sku, p.base_uom as uom, p.second_uom, l.code as lot, s.code as place, case when b.owner_id <> b.organization_id then y.name end as owner, q.code as plate, b.on_hand, b.allocated, b.second_on_hand as second
       from balance b join product p on p.organization_id = b.organization_id and p.product_id = b.product_id join lot l on l.organization_id = b.organization_id and l.lot_id = b.lot_id
       join place s on s.organization_id = b.organization_id and s.place_id = b.place_id join party y on y.organization_id = b.organization_id and y.party_id = b.owner_id
       left join plate q on q.organization_id = b.organization_id and q.plate_id = b.plate_id
       where b.organization_id = $1 and (b.on_hand <> 0 or b.allocated <> 0 or b.second_on_hand <> 0) order by p.sku, l.code nulls first, s.code, owner nulls first, plate nulls first`, [this.organizationId])
    const only = rest[1]
    const shown = rows.filter((row) => only === undefined || row.lot === only || row.sku === only).map((row) => {
      const of = (value: string): string => formatQuantity(quantity(value))
      return [
        `${of(row.on_hand)} ${row.uom} ${row.lot ?? row.sku} at ${row.place}`, row.owner === null ? '' : ` of ${row.owner}`, row.plate === null ? '' : ` on ${row.plate}`,
        Number(row.second) === 0 ? '' : ` weighing ${of(row.second)} ${row.second_uom}`, Number(row.allocated) === 0 ? '' : ` promised ${of(row.allocated)}`,
      ].join('')
    })
    return inOrderOf(expected, shown)
  }

  /** `forward lot CREAM-07 -> Corner Shop 3 kg BUTTER-3, on hand 30 kg CREAM-07`: who got it and where it is; `backward`: from whom it came. */
  private async traced(direction: string, rest: readonly string[], expected: string): Promise<string> {
    const [kind = '', code = ''] = rest
    const { rows } = await this.app.admin.query<{ id: string }>(kind === 'lot' ? 'select lot_id as id from lot where organization_id = $1 and code = $2' : 'select unit_id as id from unit where organization_id = $1 and serial = $2', [this.organizationId, code])
    const { status, body } = await this.api('GET', `/trace/${direction}?${rows.map((row) => `${kind}Id=${row.id}`).join('&')}`)
    if (status !== 200) return `refused ${body.code}`
    const shown = (body.nodes as Body[]).flatMap((node) => {
      const name = `${node['uom']} ${node['serial'] ?? node['lot'] ?? node['sku']}${node['certainty'] === 'exact' ? '' : ` ${String(node['certainty']).replace('_', ' ')}`}`
      const parties = (direction === 'forward' ? node['consignees'] : node['suppliers']) as { party: string; quantity: string }[]
      const onHand = (direction === 'forward' ? node['onHand'] : []) as { quantity: string }[]
      return [...parties.map((one) => `${one.party} ${one.quantity} ${name}`), ...onHand.map((one) => `on hand ${one.quantity} ${name}`)]
    })
    return inOrderOf(expected, shown)
  }

  /** `where is BIKE-1 -> DOCK`, `with Corner Shop`, `process` ... */
  private async whereIs(rest: readonly string[]): Promise<string> {
    const { rows } = await this.app.admin.query<{ kind: string; code: string; measure: string; unit_kind: string; uom: string }>(
      `select s.kind, s.code, u.measure, u.kind as unit_kind, p.base_uom as uom from unit u join place s using (organization_id, place_id) join product p using (organization_id, product_id) where u.organization_id = $1 and u.serial = $2`, [this.organizationId, rest[1]])
    const [unit] = rows
    if (!unit) return 'nowhere'
    const where = unit.kind === 'ship_to' ? `with ${unit.code}` : unit.kind === 'supplier' ? `at supplier ${unit.code}` : unit.code
    return unit.unit_kind === 'piece' && Number(unit.measure) > 0 ? `${where} ${formatQuantity(quantity(unit.measure))} ${unit.uom}` : where
  }

  // At the end -----------------------------------------------------------------------------------------------------------

  /** On hand is what the lines say, for every key; and verify finds nothing. */
  async proveBooks(): Promise<void> {
    const { rows: lines } = await this.app.admin.query<{ from: string; to: string; from_internal: boolean; to_internal: boolean; quantity: string }>(
      `select concat_ws('/', coalesce(o.merged_into, l.lot_id), l.from_place_id, l.from_owner_id, l.from_plate_id) as from, concat_ws('/', coalesce(o.merged_into, l.lot_id), l.to_place_id, l.to_owner_id, l.to_plate_id) as to, l.from_internal, l.to_internal, l.quantity
       from movement_line l join lot o using (organization_id, lot_id) where l.organization_id = $1`, [this.organizationId])
    const sums = new Map<string, bigint>()
    for (const line of lines) {
      if (line.from_internal) sums.set(line.from, (sums.get(line.from) ?? 0n) - quantity(line.quantity))
      if (line.to_internal) sums.set(line.to, (sums.get(line.to) ?? 0n) + quantity(line.quantity))
    }
    const { rows } = await this.app.admin.query<{ key: string; on_hand: string }>(`select concat_ws('/', lot_id, place_id, owner_id, plate_id) as key, on_hand from balance where organization_id = $1 and on_hand <> 0`, [this.organizationId])
    const shown = (map: Iterable<[string, bigint]>): string[] => [...map].filter(([, amount]) => amount !== 0n).map(([key, amount]) => `${key} ${formatQuantity(amount as Quantity)}`).sort()
    expect(shown(rows.map((row) => [row.key, quantity(row.on_hand)])), 'on hand is the sum of the lines').toEqual(shown(sums))
    expect(await verifyOrganization(this.app.database, this.organizationId)).toEqual({ ok: true, findings: [] })
  }
}

/** As the expectation has them, as far as it has them. */
function inOrderOf(expected: string, shown: readonly string[]): string {
  const wanted = expected.split(',').map((part) => wordsOf(part).join(' '))
  const place = (row: string): number => (wanted.includes(row) ? wanted.indexOf(row) : wanted.length)
  return shown.length === 0 ? 'nothing' : shown.toSorted((a, b) => place(a) - place(b)).join(' ')
}

function trackingOf(words: readonly string[]): 'none' | 'lot' | 'serial' | 'lot_and_serial' {
  const lot = words.includes('lot')
  const unit = words.includes('serial') || words.includes('piece')
  return lot && unit ? 'lot_and_serial' : lot ? 'lot' : unit ? 'serial' : 'none'
}

function runOf(verb: string): string {
  return ({ make: 'production', mix: 'mixing', disassemble: 'disassembly' } as Record<string, string>)[verb] ?? verb
}

function wholePlate({ words }: Thing): Body | undefined {
  const plate = words.get('plate')
  return words.size === 1 && plate ? { code: plate[0] } : undefined
}

/** `R-1 40 m R-2 12 m`: each with its measure, or none. */
function piecesOf(words: readonly string[]): { serial: string; quantity?: string }[] {
  const pieces: { serial: string; quantity?: string }[] = []
  for (let at = 0; at < words.length; at++) {
    const serial = words[at] ?? ''
    const measured = /^\d+(\.\d+)?$/.test(words[at + 1] ?? '')
    pieces.push(measured ? { serial, quantity: words[at + 1] ?? '' } : { serial })
    if (measured) at += /^[a-z]/.test(words[at + 2] ?? '') ? 2 : 1
  }
  return pieces
}

function datesOf(words: Thing['words']): Body | undefined {
  const fields = { made: 'madeOn', 'use-by': 'useBy', 'best-by': 'bestBy' } as const
  const given = (Object.keys(fields) as (keyof typeof fields)[]).flatMap((word) => (words.has(word) ? [[fields[word], words.get(word)?.[0]]] : []))
  return given.length === 0 ? undefined : Object.fromEntries(given)
}

function readSentenceSafely(rest: readonly string[]): Sentence | undefined {
  try {
    return readSentence(rest)
  } catch {
    return undefined
  }
}


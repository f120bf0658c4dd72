import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readPdf } from '../support/pdf.ts'
import { chromiumPath, desk, openHouse, phone, seriousFaults, sideways, type House, type Visit } from './browser.ts'

describe.skipIf(chromiumPath === null)('a trace', () => {
  let house: House
  let visit: Visit
  let lots: ReadonlyMap<string, string>
  const addressOf = (code: string, more = ''): string => `/trace?lot=${lots.get(code)}${more}`
  beforeAll(async () => {
    house = await openHouse({ furnished: true })
    visit = await house.visit()
    await visit.signIn()
    await makeLargeOne(visit, house.origin)
    lots = new Map((await visit.get('/lots?limit=500')).items.map(({ code = '', lotId = '' }) => [code, lotId]))
  }, 180_000)
  afterAll(() => house?.close())

  test('is asked for by typing how a code begins, by arrows and Enter alone; nothing is created', async () => {
    const { page, open, get, complaints } = visit
    await open('/')
    await page.keyboard.press('g')
    await page.keyboard.press('f')
    const field = page.getByRole('textbox', { name: 'Lot code or serial' })
    await field.waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await page.keyboard.type('nothing-like-it', { delay: 60 })
    await page.getByText('No lot and no unit begins with nothing-like-it').waitFor()
    await field.fill('')
    await page.keyboard.type('cr-11', { delay: 60 })
    await page.getByRole('list', { name: 'What it may be' }).getByRole('link').nth(1).waitFor()
    expect(await page.getByRole('list', { name: 'What it may be' }).getByRole('link').allTextContents()).toEqual([expect.stringContaining('CR-1101'), expect.stringContaining('CR-1108')])
    expect(await seriousFaults(page)).toEqual([])
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Trace of CR-1108' }).waitFor()
    expect(new URL(page.url()).search).toBe(`?lot=${lots.get('CR-1108')}`)
    expect((await get('/lots?search=nothing')).items).toEqual([])
    expect(complaints()).toEqual([])
  })

  test('is asked for by a scan, whatever has the focus, and by the button of a lot and of a unit', async () => {
    const { page, open, get } = visit
    await open('/trace')
    await page.evaluate(`for (const key of [...'BU-2603', 'Enter']) document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))`)
    await page.getByRole('heading', { name: 'Trace of BU-2603' }).waitFor()
    await open(`/lots/${lots.get('CR-1108')}`)
    await page.getByRole('link', { name: 'Trace', exact: true }).click()
    await page.getByRole('heading', { name: 'Trace of CR-1108' }).waitFor()
    await open(`/units/${(await get('/units?search=P20-002O')).items[0]?.['unitId']}`)
    await page.getByRole('link', { name: 'Trace', exact: true }).click()
    await page.getByRole('heading', { name: 'Trace of P20-002O' }).waitFor()
    expect(await rowsOf(page)).toEqual(expect.arrayContaining([expect.stringMatching(/Received from Pumpworks.*1 each/), expect.stringMatching(/On hand in QUAR.*1 each/), expect.stringMatching(/Shipped to Bakery Lindner, came back 1 each.*0 each/)]))
  })

  test('of what is not there says so by name', async () => {
    const { page, open } = visit
    await open(`/trace?lot=${crypto.randomUUID()}`)
    expect(await page.getByRole('alert').textContent()).toContain('not_found')
    await open('/trace?unit=seven')
    expect(await page.getByRole('alert').textContent()).toContain('input_invalid')
    await page.getByRole('link', { name: 'Trace something else' }).click()
    await page.getByRole('textbox', { name: 'Lot code or serial' }).waitFor()
  })

  test('has a row for everything that happened, forward, and every number opens to its rows', async () => {
    const { page, open } = visit
    await open(addressOf('CR-1108', '&way=forward'))
    const rows = await rowsOf(page)
    for (const row of [/CR-1108.*0.*Cream 36 %.*Received from Hill Farm.*400 kg.*exact/, /On hand in TRUCK-7.*30 kg/, /Shipped to Bakery Lindner.*40 kg/, /Destroyed.*8 kg/, /BU-2603.*\+1.*Butter, salted.*Made of CR-1108 180 kg · Production.*79.5 kg.*exact/, /YO-2604.*Made of CR-1108 60 kg/, /Shipped to Corner Shop, came back 12 each.*84 each/]) {
      expect(rows).toEqual(expect.arrayContaining([expect.stringMatching(row)]))
    }
    expect(await page.getByRole('group', { name: 'What it comes to' }).innerText()).toMatch(/Lots and units\s+3 lots\s+2 runs[\s\S]*On hand now\s+156 each, 142.25 kg\s+4 places, all exact[\s\S]*3 customers\s+84 each, 87.5 kg\s+all exact[\s\S]*Gone\s+9.75 kg\s+destroyed, sampled, lost/)
    await page.getByRole('row', { name: /Shipped to Bakery Lindner.*40/ }).getByRole('link', { name: /40\s*kg/ }).click()
    await page.getByRole('heading', { name: 'Shipment' }).waitFor()
  })

  test('has, backward, what went into it and from whom, and names what nobody can follow', async () => {
    const { page, open } = visit
    await open(addressOf('BU-2603', '&way=backward'))
    const rows = await rowsOf(page)
    for (const row of [/CR-1108.*−1.*Went into BU-2603 79.5 kg · Production.*180 kg.*exact/, /Received from Hill Farm.*400 kg/, /Salt.*−1.*Went into BU-2603.*no lot, not followed.*1.8 kg/]) expect(rows).toEqual(expect.arrayContaining([expect.stringMatching(row)]))
    expect(rows.some((row) => row.includes('Shipped to'))).toBe(false)
    expect(await page.getByRole('list', { name: 'What is not certain' }).innerText()).toContain('Without a lot: Salt. The way ends there.')
    expect(await seriousFaults(page)).toEqual([])
  })

  test('says in words and by its line that it is known at most', async () => {
    const { page, open } = visit
    await open(addressOf('BIG-0', '&way=forward'))
    expect((await rowsOf(page)).find((row) => row.includes('BIG-1-0'))).toMatch(/exact/)
    await page.getByText('270 at most: several outputs shared an input, and nobody said which took how much.').waitFor()
  })

  test('stands in its address whole: way, view, what is open', async () => {
    const { page, open } = visit
    await open(addressOf('CR-1108'))
    await page.getByText('Where to', { exact: true }).click()
    await page.waitForURL(/way=forward/)
    await page.getByRole('button', { name: /3 customers/ }).click()
    await page.getByText('Time line', { exact: true }).click()
    await page.waitForURL(/view=time/)
    expect(new URL(page.url()).search).toBe(`?lot=${lots.get('CR-1108')}&way=forward&part=customers&view=time`)
    const address = page.url()
    await open('/')
    await page.goto(address)
    await page.getByRole('region', { name: '3 customers' }).getByRole('link', { name: 'Green Grocer' }).waitFor()
    await page.getByRole('list', { name: 'Time line' }).waitFor()
    expect(await page.getByRole('radio', { name: 'Where to' }).isChecked()).toBe(true)
  })

  test('as a time line goes day by day, the earliest first, and each entry opens its movement', async () => {
    const { page, open } = visit
    await open(addressOf('CR-1108', '&view=time'))
    const entries = page.getByRole('list', { name: 'Time line' }).locator('li:has(> div > a)')
    const texts = (await entries.allTextContents()).map(spaced)
    expect(texts[0]).toMatch(/^Receipt.*PO-318.*CR-1108 400 kg.*from Hill Farm/)
    expect(texts[1]).toMatch(/^Production.*CR-1108 180 kg.*BU-2603 79.5 kg/)
    expect(texts.findIndex((text) => text.startsWith('Return'))).toBeGreaterThan(texts.findIndex((text) => text.startsWith('Shipment')))
    expect(await seriousFaults(page)).toEqual([])
    await entries.first().getByRole('link', { name: 'Receipt' }).click()
    await page.getByRole('heading', { name: 'Receipt' }).waitFor()
  })

  test('as a graph is gone through, folded and opened by the keyboard alone', async () => {
    const { page, open, complaints } = visit
    await open(addressOf('CR-1108', '&view=graph'))
    await page.locator('[data-kind="lot"]').first().waitFor()
    await page.getByRole('button', { name: 'All of it' }).focus()
    await page.keyboard.press('Tab')
    const focused = (): Promise<string> => page.evaluate('document.activeElement.textContent.replaceAll(/\\s+/g, " ")')
    await expect.poll(focused).toBe('Lot CR-1108 Cream 36 % 95.25 kg here, asked for')
    await page.keyboard.press('ArrowLeft')
    await expect.poll(focused).toBe('Supplier Hill Farm , 400 kg, exact')
    await page.keyboard.press('ArrowRight')
    await expect.poll(focused).toMatch(/^Lot CR-1108/)
    // on the right lie customers, ends and lots; down and up stay in the column
    await page.keyboard.press('ArrowRight')
    await expect.poll(focused).not.toMatch(/^Lot CR-1108/)
    const beside = await focused()
    await page.keyboard.press('ArrowDown')
    await expect.poll(focused).not.toBe(beside)
    await page.keyboard.press('ArrowUp')
    await expect.poll(focused).toBe(beside)
    await page.getByRole('link', { name: /^Lot BU-2603/ }).focus()
    const customers = page.locator('[data-kind="customer"]')
    const before = await customers.count()
    await page.keyboard.press(' ')
    await page.waitForURL(/closed=/)
    await expect.poll(focused).toMatch(/^Lot BU-2603 Butter, salted 47 kg here, exact/)
    await page.keyboard.press(' ')
    await expect.poll(() => customers.count()).toBe(before)
    await page.keyboard.press('i')
    const dialog = page.getByRole('dialog', { name: 'BU-2603' })
    await dialog.getByRole('link', { name: 'Production' }).waitFor()
    expect(await dialog.innerText()).toMatch(/Came from[\s\S]*CR-1108[\s\S]*180 kg[\s\S]*Went to[\s\S]*Bakery Lindner[\s\S]*12.5 kg/)
    expect(await seriousFaults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(focused).toMatch(/^Lot BU-2603/)
    const scale = (): Promise<string> => page.evaluate('document.querySelector(".react-flow__viewport").style.transform')
    const far = await scale()
    await page.keyboard.press('+')
    await expect.poll(scale).not.toBe(far)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'BU-2603' }).waitFor()
    expect(complaints()).toEqual([])
  })

  test('as a graph hides a branch by a press, and tells a line by another', async () => {
    const { page, open } = visit
    await open(addressOf('BU-2603', '&view=graph&way=backward'))
    await page.locator('[data-kind="supplier"]').waitFor()
    expect(await page.locator('[data-kind]').count()).toBe(4)
    await page.getByRole('button', { name: 'Close the branch of CR-1108' }).click()
    await page.locator('[data-kind="supplier"]').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Open the branch of CR-1108: 1 hidden' }).click()
    await page.locator('[data-kind="supplier"]').waitFor()
    await page.getByText('180 kg', { exact: true }).click({ force: true })
    await page.getByRole('dialog', { name: 'CR-1108 to BU-2603' }).getByRole('link', { name: 'Production' }).waitFor()
    await page.keyboard.press('Escape')
    expect(await seriousFaults(page)).toEqual([])
  })

  test('of 300 lots begins folded, unfolds, and only what is in sight is drawn', async () => {
    const { page, open, complaints } = visit
    await open(addressOf('BIG-0', '&view=graph&way=forward'))
    const drawn = page.locator('.react-flow__node')
    await drawn.nth(5).waitFor()
    await page.getByRole('button', { name: /^Open the branch of Production: \d+ hidden/ }).first().waitFor()
    await page.getByRole('button', { name: 'Open every branch' }).click()
    await page.waitForURL(/closed=none/)
    await page.getByRole('button', { name: /^Open the branch/ }).first().waitFor({ state: 'detached' })
    expect(await drawn.count()).toBeLessThan(60)
    expect(await page.locator('.react-flow *').count()).toBeLessThan(2_500)
    console.log(`300 lots, near: ${await panned(page)}`)
    // all of it at once: shapes alone, and few elements for each
    await page.getByRole('button', { name: 'All of it' }).click()
    await page.locator('[data-far]').nth(50).waitFor()
    expect(await page.locator('.react-flow *').count()).toBeLessThan(4_500)
    console.log(`300 lots, all of them: ${await panned(page)}`)
    await page.getByRole('button', { name: 'Close every branch' }).click()
    await expect.poll(() => page.locator('[data-kind]').count()).toBeLessThan(40)
    expect(complaints()).toEqual([])
  }, 60_000)

  test('on paper has every row that is loaded, and who printed it when', async () => {
    const { page, open } = visit
    await open(addressOf('BIG-0', '&way=forward'))
    await page.locator('[data-index]').first().waitFor()
    expect(await page.locator('[data-index]').count()).toBeLessThan(80)
    await page.evaluate('dispatchEvent(new Event("beforeprint"))')
    expect(await page.locator('[data-index]').count()).toBeGreaterThan(550)
    expect(await page.getByText(/^Printed .* by Ana Ruiz$/).count()).toBe(1)
    await page.evaluate('dispatchEvent(new Event("afterprint"))')
    await expect.poll(() => page.locator('[data-index]').count()).toBeLessThan(80)
  })

  test('is saved as CSV and as PDF, all of it', async () => {
    const { page, open } = visit
    await open(addressOf('CR-1108'))
    const save = async (name: string): Promise<{ name: string; file: Buffer }> => {
      await page.getByRole('button', { name: 'Save or print' }).click()
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name }).click()])
      return { name: download.suggestedFilename(), file: readFileSync(await download.path()) }
    }
    const csv = await save('Where it went, as CSV')
    expect([csv.name, csv.file.toString().split('\r\n').filter((row) => row.startsWith('consignee,')).length]).toEqual(['trace-forward-CR-1108.csv', 5])
    const pdf = await save('Where it came from, as PDF')
    const text = readPdf(pdf.file).flat().join(' ')
    expect(pdf.name).toBe('trace-backward-CR-1108.pdf')
    expect(text).toMatch(/^Trace backward: CR-1108 Cream 36 %.*by Ana Ruiz.*1 supplier gave 400 kg, all of it exact/)
    // what is refused is told, and nothing is saved
    await page.route('**/trace/forward.csv**', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ title: 'x', status: 503, code: 'database_unavailable', params: {}, next: 'x', requestId: null }) }))
    await page.getByRole('button', { name: 'Save or print' }).click()
    await page.getByRole('menuitem', { name: 'Where it went, as CSV' }).click()
    await page.getByText(/database/i).first().waitFor()
    await page.unrouteAll()
  })

  test.each([['at a desk', desk, 'light'], ['on a phone', phone, 'light'], ['in the dark', desk, 'dark']] as const)('%s has no serious fault of accessibility in any view, fits the screen, and complains of nothing', async (_, viewport, colorScheme) => {
    const own = await house.visit({ viewport, colorScheme })
    await own.signIn()
    for (const address of ['/trace', '/trace?q=x', ...['', '&view=graph', '&view=time', '&way=backward&part=suppliers'].map((more) => addressOf('BU-2603', more)), addressOf('BIG-0', '&view=graph')]) {
      await own.open(address)
      if (address.includes('graph')) await own.page.locator('[data-kind]').first().waitFor()
      expect([address, await own.page.locator('h1').count(), await seriousFaults(own.page), await sideways(own.page), own.complaints()]).toEqual([address, 1, [], 0, []])
    }
    await own.context.close()
  }, 120_000)
})

/** Pushes the graph about: frames a second, which the machine decides too, and what a step costs the page itself of the 16.7 milliseconds of a frame. */
async function panned(page: Page): Promise<string> {
  const STEPS = 100
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const busy = async (): Promise<number> => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0
  const box = await page.locator('.react-flow').boundingBox()
  const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) * 0.4, (box?.y ?? 0) + 40]
  const frames = page.evaluate<number>('new Promise((done) => { const begun = performance.now(); let frames = 0; globalThis.pushing = true; const tick = () => { frames += 1; globalThis.pushing ? requestAnimationFrame(tick) : done(frames * 1000 / (performance.now() - begun)) }; requestAnimationFrame(tick) })')
  const before = await busy()
  await page.mouse.move(x, y)
  await page.mouse.down()
  for (let step = 0; step < STEPS; step += 1) await page.mouse.move(x + Math.sin(step / 12) * 160, y + 90 + Math.cos(step / 9) * 80)
  await page.mouse.up()
  const cost = ((await busy()) - before) * 1_000 / STEPS
  await page.evaluate('globalThis.pushing = false')
  return `${Math.round(await frames)} frames a second, ${cost.toFixed(1)} ms of the page for each step`
}

/** The rows of the table, each as one line of text as it is read. */
async function rowsOf(page: Page): Promise<string[]> {
  await page.locator('[data-index]').first().waitFor()
  return (await page.locator('[data-index]').allTextContents()).map(spaced)
}

/** A number and its unit of measure stand apart on the screen, by a margin. */
function spaced(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/(\d)(kg|each)/g, '$1 $2')
}

/** One lot that became 18, each of which a run split into 15 that nobody can tell apart, some shipped: 289 lots and 18 runs. */
async function makeLargeOne({ context }: Visit, origin: string): Promise<void> {
  const move = async (kind: string, data: object): Promise<void> => {
    const answer = await context.request.post(`/api/v1/movements/${kind}`, { headers: { origin, 'idempotency-key': crypto.randomUUID() }, data })
    if (!answer.ok()) throw new Error(await answer.text())
  }
  const [at, dates] = [{ code: 'COLD-1' }, { bestBy: '2031-01-01' }]
  await move('receive', { from: { supplier: { name: 'Hill Farm' } }, lines: [{ product: { sku: 'CREAM' }, lot: { code: 'BIG-0' }, quantity: '9000', to: at, dates: { useBy: '2031-01-01' } }] })
  for (let middle = 0; middle < 18; middle += 1) {
    const parts = Array.from({ length: 15 }, (_, part) => `BIG-2-${middle}-${part}`)
    await move('transform', { inputs: [{ product: { sku: 'CREAM' }, lot: { code: 'BIG-0' }, quantity: '300', from: at }], outputs: [{ product: { sku: 'BUTTER' }, lot: { code: `BIG-1-${middle}` }, quantity: '100', to: at, dates }] })
    await move('transform', { inputs: [{ product: { sku: 'BUTTER' }, lot: { code: `BIG-1-${middle}` }, quantity: '90', from: at }], outputs: parts.map((code) => ({ product: { sku: 'BUTTER' }, lot: { code }, quantity: '6', to: at, dates })) })
    await move('ship', { to: { customer: { name: middle % 2 === 0 ? 'Corner Shop' : 'Green Grocer' } }, lines: parts.slice(0, 5).map((code) => ({ product: { sku: 'BUTTER' }, lot: { code }, quantity: '2', from: at })) })
  }
}

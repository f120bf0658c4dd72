import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { workOnImport, workOnImports } from '#src/imports/work.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { MOST_FILE_BYTES } from '#src/lib/import-file.ts'
import { systemClock } from '#src/lib/time.ts'
import { chromiumPath, desk, openHouse, phone, seriousFaults, sideways, type House, type Visit } from './browser.ts'

const fixtures = process.env['LOTWISE_FIXTURES']
const warehouse = fixtures === undefined ? '' : join(fixtures, 'openboxes-demo', 'mainWarehouseInventory.csv')
if (!existsSync(warehouse)) console.log('skipped: an OpenBoxes warehouse in the browser, LOTWISE_FIXTURES is not set')

const ROWS = 'Stock list\nprinted on paper\nArticle;Batch;Expires;Shelf;On shelf;Remark\nTEA;T-1;03/04/2027;R1;1.000;a\nTEA;T-2;05/06/2027;R1;12;b\nJAM;J-1;n.v.;R2;7;c\nJAM;J-2;n.v.;R2;8;d\nPEPPER;;;R3;4O;e\nRICE;R-1\n'

describe.skipIf(chromiumPath === null)('a file in the browser', () => {
  let house: House
  let cookies: Awaited<ReturnType<Visit['context']['cookies']>> | null = null
  const open: Visit[] = []
  beforeAll(async () => void (house = await openHouse({ furnished: true })), 120_000)
  afterAll(() => house?.close())
  afterEach(() => Promise.all(open.splice(0).map(({ context }) => context.close())))

  async function visitor(viewport = desk): Promise<Visit> {
    const visit = await house.visit({ viewport })
    // who signs in too often is made to wait
    if (cookies === null) {
      await visit.signIn()
      cookies = await visit.context.cookies()
    } else await visit.context.addCookies(cookies)
    open.push(visit)
    return visit
  }
  /** A file that is there already, and settings for it. */
  async function uploaded({ context }: Visit, text: string, source: string, settings?: object): Promise<string> {
    const headers = { origin: house.origin }
    const answer = await context.request.post(`/api/v1/imports?source=${source}&name=${source}.csv`, { headers: { ...headers, 'idempotency-key': crypto.randomUUID(), 'content-type': 'text/csv' }, data: text })
    const { importId } = (await answer.json()) as { importId: string }
    if (settings !== undefined) expect((await context.request.put(`/api/v1/imports/${importId}/settings`, { headers: { ...headers, 'idempotency-key': crypto.randomUUID() }, data: settings })).status()).toBe(200)
    return importId
  }
  const work = () => workOnImports({ database: house.app.database, clock: systemClock })
  const choose = (page: Page, name: string, content: string | Buffer) => page.getByLabel('File to import').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) })
  const state = (page: Page, name: string) => page.getByRole('heading', { level: 1 }).getByText(name, { exact: true }).waitFor()
  const focused = (page: Page) => page.evaluate<string>(`document.activeElement.getAttribute('aria-label') ?? document.activeElement.dataset.cell ?? document.activeElement.textContent`)

  test('goes the whole way with the mouse: read, asked, understood, corrected, imported, taken back', async () => {
    const { page, open, get, complaints } = await visitor()
    await open('/stock')
    await page.getByRole('navigation', { name: 'Stock' }).getByRole('link', { name: 'Imports' }).click()
    await page.getByText('No file was imported yet').waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await page.getByRole('link', { name: 'Import a file' }).first().click()
    await page.getByText('Drop a file here').waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await choose(page, 'acme-2026-11-01.csv', ROWS)
    await page.getByRole('combobox', { name: 'Source' }).fill('Acme')
    expect(await seriousFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Read the file' }).click()

    // what nobody could guess is said over its column; what the file does not say is asked with what it would mean
    await state(page, 'Needs answers')
    await page.getByText('The names of the columns were found in line 3').waitFor()
    await page.getByText('Not found among the columns: Quantity').waitFor()
    expect(await seriousFaults(page)).toEqual([])
    const meaning = (column: string) => page.getByLabel(`What “${column}” means`)
    await meaning('On shelf').selectOption({ label: 'Quantity' })
    await page.getByText('What separates the decimals?').waitFor()
    await page.getByRole('button', { name: 'That is right' }).click()
    expect(await page.getByText('This is needed before the rows can be looked through.').count()).toBe(3)
    await page.getByRole('combobox', { name: 'In which facility is this stock?' }).fill('PANTRY')
    await page.getByLabel('DD/MM/YYYY').check()
    expect(await page.getByText('“03/04/2027” is 3 Apr 2027').count()).toBe(1)
    await page.getByLabel('A comma').check()
    await page.getByRole('button', { name: 'That is right' }).click()
    await state(page, 'Ready to import')
    expect([await meaning('Article').inputValue(), await meaning('On shelf').inputValue(), await meaning('Remark').inputValue()]).toEqual(['product', 'quantity', ''])
    expect(await page.locator('section[aria-label="What the columns mean"]').getByText('guessed').count()).toBe(4)
    await count(page, 'Bad', 4)
    expect(await seriousFaults(page)).toEqual([])

    // one mistake in all rows at once, another where it stands, a broken row as a form
    await page.getByRole('button', { name: 'Correct all alike' }).click()
    await page.getByLabel('Instead of n.v.').fill('31/12/2027')
    expect(await seriousFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Correct 2 rows' }).click()
    await count(page, 'Bad', 2)
    await page.getByText('2 of these are no longer bad.').waitFor()
    await page.getByRole('button', { name: 'Take them off the list' }).click()
    await page.getByRole('gridcell', { name: '4O' }).click()
    await page.getByLabel('On shelf, line 8').fill('40')
    await page.keyboard.press('Enter')
    await count(page, 'Bad', 1)
    await page.getByRole('button', { name: 'Mend the row' }).click()
    await page.getByRole('dialog', { name: 'Line 9' }).getByText('RICE | R-1').waitFor()
    expect(await seriousFaults(page)).toEqual([])
    const form = page.getByRole('dialog')
    await form.getByLabel('Shelf', { exact: true }).fill('R1')
    await form.getByLabel('On shelf').fill('3,5')
    await page.getByRole('button', { name: 'Save the row' }).click()
    await count(page, 'Bad', 0)
    await count(page, 'New', 6)

    // what will be done, in words, and what was done
    await page.getByText('Made for it: 4 products, 5 lots and 4 places.').waitFor()
    await page.getByLabel('All or nothing').check()
    await page.getByRole('button', { name: 'Import 6 rows' }).click()
    await state(page, 'Imported')
    await page.getByText('6 rows are in.').waitFor()
    expect(await seriousFaults(page)).toEqual([])
    const importId = page.url().split('/').at(-1)
    expect(((await get(`/stock?by=lot,place&limit=100`)).items as readonly Record<string, unknown>[]).filter(({ lot }) => ['T-1', 'R-1'].includes(String(lot))).map(({ lot, onHand }) => [lot, onHand]).toSorted()).toEqual([['R-1', '3.5'], ['T-1', '1000']])
    await page.locator('summary').filter({ hasText: 'Lots' }).click()
    await page.getByRole('link', { name: 'T-2' }).click()
    await page.getByRole('heading', { name: 'T-2' }).waitFor()
    await open(`/imports/${importId}`)
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save the result file' }).click()
    expect((await saved).suggestedFilename()).toBe('acme-2026-11-01-result.csv')
    expect(readFileSync(await (await saved).path(), 'utf8').split('\r\n').slice(0, 2).map((line) => line.split(',').slice(-7, -5).join())).toEqual(['status,problems', 'imported,'])

    await page.getByRole('button', { name: 'Undo the import' }).click()
    await page.getByRole('button', { name: 'Undo it' }).click()
    expect(await page.getByText('This is needed.').count()).toBe(1)
    await page.getByRole('textbox', { name: 'Why' }).fill('wrong warehouse')
    expect(await seriousFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Undo it' }).click()
    await state(page, 'Undone')
    expect(await seriousFaults(page)).toEqual([])
    expect(((await get(`/stock?by=lot,place&limit=100`)).items as readonly Record<string, unknown>[]).filter(({ lot }) => String(lot).startsWith('T-'))).toEqual([])
    expect(complaints()).toEqual([])
  }, 180_000)

  test('goes the whole way by the keyboard alone, its rows pasted', async () => {
    const { page, open, complaints } = await visitor()
    await open('/')
    await page.keyboard.press('g')
    await page.waitForTimeout(80)
    await page.keyboard.press('i')
    await page.getByText('Drop a file here').waitFor()
    await tabTo(page, 'File to import')
    await tabTo(page, 'Paste instead')
    await page.keyboard.press('Enter')
    await page.getByRole('textbox', { name: 'Rows as text' }).waitFor()
    await page.keyboard.insertText('SKU\tLot\tBin\tQty\nHONEY\tH-1\tR1\t5\nHONEY\tH-2\tR1\tx\nHONEY\tH-3\tR1\ty\n')
    await tabTo(page, 'Use this text')
    await page.keyboard.press('Enter')
    await page.getByRole('combobox', { name: 'Source' }).waitFor()
    await page.keyboard.type('Pasted')
    await tabTo(page, 'Read the file')
    await page.keyboard.press('Enter')
    await state(page, 'Needs answers')
    await tabTo(page, 'In which facility is this stock?')
    await page.keyboard.type('PANTRY-2')
    await page.keyboard.press('Escape')
    await tabTo(page, 'That is right')
    await page.keyboard.press('Enter')
    await state(page, 'Ready to import')

    // j goes to the first cell that is wrong; Enter writes, Escape leaves it, Tab saves and goes on
    await page.getByRole('grid').waitFor()
    await page.keyboard.press('j')
    await expect.poll(() => focused(page)).toBe('2 Qty')
    await page.keyboard.press('F2')
    await page.keyboard.type('17')
    await page.keyboard.press('Escape')
    await expect.poll(() => focused(page)).toBe('2 Qty')
    expect(await page.getByRole('gridcell', { name: 'x', exact: true }).count()).toBe(1)
    await page.keyboard.press('Enter')
    await page.keyboard.type('6')
    await page.keyboard.press('Tab')
    await expect.poll(() => focused(page)).toBe('SKU, line 4')
    await page.keyboard.press('Escape')
    await count(page, 'Bad', 1)
    await page.keyboard.press('End')
    await expect.poll(() => focused(page)).toBe('3 Qty')
    await page.keyboard.press('Enter')
    await page.keyboard.type('0')
    await page.keyboard.press('Enter')
    await count(page, 'Bad', 0)
    expect(await focused(page)).toBe('3 Qty')
    await tabTo(page, 'Import 3 rows')
    await page.keyboard.press('Enter')
    await state(page, 'Imported')
    await tabTo(page, 'Undo the import')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await expect.poll(() => page.evaluate(`document.activeElement.tagName`)).toBe('INPUT')
    await page.keyboard.type('only a test')
    await page.keyboard.press('Enter')
    await state(page, 'Undone')
    expect(complaints()).toEqual([])
  }, 180_000)

  test('that is none is refused before it is sent: a workbook, nothing, too much; and by the server where only it can know', async () => {
    const { page, open } = await visitor()
    await open('/imports/new')
    const sent: string[] = []
    page.on('request', (request) => void (request.method() === 'POST' && sent.push(request.url())))
    const refused = async (code: string): Promise<void> => {
      await page.getByRole('alert').filter({ hasText: code }).waitFor()
      expect(await seriousFaults(page)).toEqual([])
    }
    await choose(page, 'stock.xlsx', Buffer.from('504b03041400060008000000', 'hex'))
    await refused('import_not_text')
    await choose(page, 'stock.csv', '')
    await refused('import_empty')
    const folder = mkdtempSync(join(tmpdir(), 'lotwise-large-'))
    try {
      writeFileSync(join(folder, 'large.csv'), 'SKU,Qty\n')
      truncateSync(join(folder, 'large.csv'), MOST_FILE_BYTES + 1)
      await page.getByLabel('File to import').setInputFiles(join(folder, 'large.csv'))
      await refused('body_too_large')
    } finally {
      rmSync(folder, { recursive: true })
    }
    expect(sent).toEqual([])
    // quotes that break off are seen while it is read; the file stays chosen
    await choose(page, 'quotes.csv', `SKU,Lot\n${'a"b,c\n'.repeat(1002)}`)
    await page.getByRole('button', { name: 'Read the file' }).click()
    await refused('import_quotes_broken')
    expect(await page.getByText('quotes.csv').count()).toBe(1)
  }, 120_000)

  test('is read differently: another delimiter, another line of names; the first reading is discarded', async () => {
    const visit = await visitor()
    const { page, open, get } = visit
    await open('/imports/new')
    await choose(page, 'odd.csv', 'Shelf;A,B;C,D\nSKU;Qty;Bin\nA;5;R1\nB;7;R2\n')
    await page.getByRole('button', { name: 'Read the file' }).click()
    await state(page, 'Needs answers')
    await page.getByRole('button', { name: 'Read it differently' }).click()
    await page.getByLabel('Columns are separated by').selectOption({ label: 'semicolon' })
    await page.getByLabel('The names of the columns are in line').fill('9')
    await page.getByRole('button', { name: 'Read it again' }).click()
    await page.getByRole('alert').filter({ hasText: 'import_no_header' }).waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await page.getByLabel('The names of the columns are in line').fill('2')
    await page.getByRole('button', { name: 'Read it again' }).click()
    await page.getByText('The names of the columns were taken from line 2').waitFor()
    expect((await get('/imports?limit=2')).items.map(({ status, rows }) => [status, rows])).toEqual([['asking', 2], ['cancelled', expect.any(Number)]])
    // after the page was loaded anew the file is asked for
    await page.reload()
    await page.getByRole('button', { name: 'Read it differently' }).click()
    await page.getByText('Choose the file again').waitFor()
    expect(await page.getByRole('button', { name: 'Read it again' }).isDisabled()).toBe(true)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Discard' }).click()
    await state(page, 'Cancelled')
    await page.getByText('Nothing was changed.').waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Take it up again' }).click()
    await state(page, 'Needs answers')
  }, 120_000)

  test('of a source that is known is read as last time, in one line; what is there already is unchanged, and adjusted where it differs', async () => {
    const visit = await visitor()
    const { page, open, context } = visit
    const first = await uploaded(visit, 'SKU,Lot,Bin,Qty\nNUT,N-1,R1,5\nNUT,N-2,R1,8\n', 'nuts-1', { facility: 'NUTHOUSE' })
    expect((await context.request.post(`/api/v1/imports/${first}/run`, { headers: { origin: house.origin, 'idempotency-key': crypto.randomUUID() }, data: {} })).status()).toBe(200)
    await open('/imports/new')
    await choose(page, 'nuts-2.csv', 'SKU,Lot,Bin,Qty\nNUT,N-1,R1,5\nNUT,N-2,R1,6\nNUT,N-3,R1,1\n')
    // by the name of the file it is known where it comes from
    await expect.poll(() => page.getByRole('combobox', { name: 'Source' }).inputValue()).toBe('nuts-1')
    await page.getByText('It will be read as the last file from nuts-1 was.').waitFor()
    await page.getByRole('button', { name: 'Read the file' }).click()
    await page.getByText('As for nuts-1 last time:').waitFor()
    await Promise.all([count(page, 'New', 1), count(page, 'Changed', 1), count(page, 'Unchanged', 1), count(page, 'Bad', 0)])
    await page.getByRole('button', { name: /^1 ?Changed/ }).click()
    await page.waitForURL(/rows=changed/)
    await expect.poll(() => page.getByRole('row').nth(1).textContent()).toMatch(/8 →becomes 6.*N-2/)
    await page.getByRole('button', { name: 'Look at it or change it' }).click()
    expect(await page.getByText('as last time', { exact: true }).count()).toBe(4)
    expect(await seriousFaults(page)).toEqual([])
  }, 120_000)

  test('with bad rows is not imported as all or nothing; the good rows only are, and the bad ones are named', async () => {
    const visit = await visitor()
    const { page, open } = visit
    await open(`/imports/${await uploaded(visit, 'SKU,Qty\nOAT,5\nOAT2,-1\n', 'oats', { facility: 'OATHOUSE' })}`)
    await page.getByLabel('All or nothing').check()
    expect(await page.getByRole('button', { name: 'Import 1 row', exact: true }).isDisabled()).toBe(true)
    await page.getByText('Mend the bad rows first').waitFor()
    await page.getByLabel('The good rows only').check()
    await page.getByText('1 bad row stays out.').waitFor()
    await page.getByRole('button', { name: 'Import 1 row', exact: true }).click()
    await state(page, 'Imported')
    await page.getByRole('button', { name: /^1 ?rows bad/ }).click()
    await page.waitForURL(/rows=bad/)
    await page.getByText('It is below zero.').waitFor()
    await expect.poll(() => page.getByRole('row').count()).toBe(2)
  }, 120_000)

  test('of thousands of rows shows how far it is, is stopped, survives a reload, goes on, and is only read where one looks', async () => {
    const visit = await visitor()
    const { page, open } = visit
    const rows = Array.from({ length: 3000 }, (_, at) => `SEED-${at % 9},L${at},R${at % 5},${at === 2990 ? 'x' : 1}`)
    const importId = await uploaded(visit, `SKU,Lot,Bin,Qty\n${rows.join('\n')}\n`, 'seeds', { facility: 'SEEDHOUSE' })
    await open(`/imports/${importId}`)
    await state(page, 'Looking through')
    await page.getByText('3,000 rows are being looked through.').waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await work()
    await state(page, 'Ready to import')
    await page.getByRole('button', { name: 'All rows' }).click()
    const grid = page.getByRole('grid')
    await expect.poll(async () => {
      await grid.evaluate('(element) => element.scrollTo(0, element.scrollHeight)' as never)
      await page.evaluate(`document.querySelector('[role=grid]').scrollTop = 1e9`)
      return page.getByText('3000 in all').count()
    }, { timeout: 60_000 }).toBe(1)
    expect(await page.locator('[data-index]').count()).toBeLessThan(60)
    // a row far down is corrected: it alone is written, those in sight are read again, and nothing else
    const asked: string[] = []
    page.on('request', (request) => void (request.url().includes('/rows') && asked.push(`${request.method()} ${new URL(request.url()).searchParams.get('numbers')?.split(',').length ?? '-'}`)))
    await page.getByRole('gridcell', { name: 'x', exact: true }).click()
    await page.keyboard.type('2')
    await page.keyboard.press('Enter')
    await state(page, 'Looking through')
    await work()
    await state(page, 'Ready to import')
    await page.getByRole('gridcell', { name: 'x', exact: true }).waitFor({ state: 'detached' })
    await expect.poll(() => asked.length).toBeGreaterThan(1)
    expect([asked[0], asked.slice(1).filter((one) => !(Number(one.split(' ')[1]) < 60))]).toEqual(['PATCH -', []])

    await page.getByRole('button', { name: 'Import 3,000 rows' }).click()
    await state(page, 'Importing')
    expect(await seriousFaults(page)).toEqual([])
    // a process that is told to end leaves it after a thousand rows; the page knows how far it is, whoever goes on with it
    await workOnImport({ database: house.app.database, clock: systemClock, isStopping: () => true }, String((await visit.get('/me'))['organizationId']) as OrganizationId, importId)
    await page.reload()
    await page.getByText('1,000 of 3,000 rows are in.').waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByText('It stops after the rows in hand.').waitFor()
    await work()
    await state(page, 'Cancelled')
    await count(page, 'rows not imported', 2000)
    expect(await seriousFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Go on with the rest' }).click()
    await state(page, 'Importing')
    await work()
    await state(page, 'Imported')
    await count(page, 'rows imported', 3000)
  }, 240_000)

  test('is looked at and decided on a phone: answered, corrected, imported, taken back', async () => {
    const visit = await visitor(phone)
    const { page, open, complaints } = visit
    await open(`/imports/${await uploaded(visit, 'SKU,Lot,Expires,Bin,Qty,Remark\nPEA,P-1,03/04/2027,R1,5,a\nPEA,P-2,03/05/2027,R1,1O,b\n', 'peas')}`)
    const fits = async (): Promise<void> => expect([await seriousFaults(page), await sideways(page)]).toEqual([[], 0])
    await state(page, 'Needs answers')
    await fits()
    await page.getByRole('combobox', { name: 'In which facility is this stock?' }).fill('PEAHOUSE')
    await page.getByLabel('MM/DD/YYYY').check()
    await page.getByRole('button', { name: 'That is right' }).click()
    await state(page, 'Ready to import')
    await page.getByText('5 of 6 columns are used').waitFor()
    await fits()
    await page.getByRole('button', { name: 'Look at it or change it' }).click()
    await fits()
    await page.getByRole('button', { name: 'Correct line 3' }).click()
    await page.getByRole('dialog', { name: 'Line 3' }).getByLabel('Qty').fill('10')
    await fits()
    await page.getByRole('button', { name: 'Save the row' }).click()
    await count(page, 'Bad', 0)
    const small = await page.evaluate<string[]>(`[...document.querySelectorAll('#content button, #content select, #content summary')].filter((one) => one.offsetHeight > 0 && one.offsetHeight < 44).map((one) => one.textContent || one.ariaLabel)`)
    expect(small).toEqual([])
    await page.getByRole('button', { name: 'Import 2 rows' }).click()
    await state(page, 'Imported')
    await fits()
    await page.getByRole('button', { name: 'Undo the import' }).click()
    await page.getByRole('textbox', { name: 'Why' }).fill('a try')
    await page.getByRole('button', { name: 'Undo it' }).click()
    await state(page, 'Undone')
    await open('/imports')
    await page.getByRole('link', { name: 'peas.csv' }).waitFor()
    await fits()
    await open('/imports/new')
    await fits()
    expect(complaints()).toEqual([])
  }, 180_000)

  test('that two people are at: a cell and an answer of the other are shown, and nothing is lost', async () => {
    const ana = await visitor()
    const ben = await visitor()
    const importId = await uploaded(ana, 'SKU,Bin,Qty\nFIG,R1,x\nDATE,R1,5\n', 'figs', { facility: 'FIGHOUSE' })
    await ana.open(`/imports/${importId}`)
    await ben.open(`/imports/${importId}`)
    await ana.page.getByRole('gridcell', { name: 'x', exact: true }).click()
    await ana.page.keyboard.type('7')
    await ben.page.getByRole('gridcell', { name: 'x', exact: true }).click()
    await ben.page.keyboard.type('8')
    await ben.page.keyboard.press('Enter')
    await count(ben.page, 'Bad', 0)
    await ana.page.keyboard.press('Enter')
    const told = ana.page.getByRole('alert').filter({ hasText: 'Somebody else wrote into Qty meanwhile' })
    await told.waitFor()
    expect(await told.textContent()).toMatch(/meanwhile: 8\. You wrote: 7/)
    expect(await seriousFaults(ana.page)).toEqual([])
    await ana.page.getByRole('button', { name: 'Take mine' }).click()
    await told.waitFor({ state: 'detached' })
    await ana.page.getByRole('gridcell', { name: '7', exact: true }).waitFor()

    // Ben changes what a column means; Ana wants to import before her page has heard of it
    let hears = false
    await ana.page.route(/\/imports\/[^/]+$/, (route) => (hears ? route.continue() : route.abort()))
    ana.page.on('request', (request) => void (request.url().endsWith('/run') && (hears = true)))
    await ben.page.getByLabel('What “Bin” means').selectOption({ label: 'Not used' })
    await ben.page.getByText('2 of 3 columns are used').waitFor()
    await ana.page.getByRole('button', { name: 'Import 2 rows' }).click()
    const changed = ana.page.getByRole('alert').filter({ hasText: 'Somebody else was at this import meanwhile.' })
    await changed.waitFor()
    expect(await changed.textContent()).toContain('Changed was: the column for Place.')
    expect(await seriousFaults(ana.page)).toEqual([])
    await ana.page.getByRole('button', { name: 'I have seen it' }).click()
    await ana.page.getByRole('button', { name: 'Import 2 rows' }).click()
    await state(ana.page, 'Imported')
  }, 120_000)

  test('that was used since is not taken back, and what stands in the way is named', async () => {
    const visit = await visitor()
    const { page, open, context } = visit
    const importId = await uploaded(visit, 'SKU,Lot,Bin,Qty\nPLUM,P-9,PLUM-1,5\n', 'plums', { facility: 'PLUMHOUSE' })
    const post = async (path: string, data: object) => (await (await context.request.post(`/api/v1${path}`, { headers: { origin: house.origin, 'idempotency-key': crypto.randomUUID() }, data })).json()) as { movementId: string }
    await post(`/imports/${importId}/run`, {})
    const { movementId } = await post('/movements/destroy', { reason: 'mouldy', lines: [{ product: { sku: 'PLUM' }, lot: { code: 'P-9' }, quantity: '3', from: { code: 'PLUM-1' } }] })
    expect(movementId).toBeDefined()
    await open(`/imports/${importId}`)
    await page.getByRole('button', { name: 'Undo the import' }).click()
    await page.getByRole('textbox', { name: 'Why' }).fill('wrong file')
    await page.getByRole('button', { name: 'Undo it' }).click()
    await page.getByRole('alert').filter({ hasText: 'It could not be undone' }).waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await page.getByRole('alert').getByRole('link', { name: 'Look at it' }).click()
    await page.waitForURL(`**/movements/${movementId}`)
  }, 120_000)

  test('goes out again: stock, products, lots and movements as files', async () => {
    const { page, open } = await visitor()
    await open('/imports')
    for (const [label, name] of [['Stock on hand', 'stock'], ['Products', 'products'], ['Lots', 'lots'], ['Movements, line by line', 'movements']] as const) {
      await page.getByRole('button', { name: 'Export' }).click()
      const saved = page.waitForEvent('download')
      await page.getByRole('menuitem', { name: label }).click()
      expect((await saved).suggestedFilename()).toMatch(new RegExp(`^${name}-\\d{4}-\\d\\d-\\d\\d\\.csv$`))
      expect(readFileSync(await (await saved).path(), 'utf8').split('\r\n').length).toBeGreaterThan(3)
    }
  }, 60_000)

  test.skipIf(!existsSync(warehouse))('of another system goes in as it is: an OpenBoxes warehouse', async () => {
    const { page, open } = await visitor()
    await open('/imports/new')
    await page.getByLabel('File to import').setInputFiles(warehouse)
    await page.getByRole('combobox', { name: 'Source' }).fill('OpenBoxes')
    await page.getByRole('button', { name: 'Read the file' }).click()
    await state(page, 'Needs answers')
    await page.getByRole('combobox', { name: 'In which facility is this stock?' }).fill('Main Warehouse')
    await page.getByRole('button', { name: 'That is right' }).click()
    await state(page, 'Ready to import')
    await count(page, 'Bad', 0)
    await page.getByLabel('All or nothing').check()
    await page.getByRole('button', { name: /^Import [\d,]+ rows$/ }).click()
    await state(page, 'Imported')
    await count(page, 'rows bad', 0)
  }, 120_000)

  async function count(page: Page, label: string, wanted: number): Promise<void> {
    const number = page.getByRole('button', { name: new RegExp(`^[\\d,]+ ?${label}$`) })
    await expect.poll(async () => (await number.textContent({ timeout: 5_000 }).catch(() => ''))?.replace(/\D/g, ''), { timeout: 20_000 }).toBe(String(wanted))
  }

  /** Tab after Tab until the thing of this name has the focus. */
  async function tabTo(page: Page, name: string): Promise<void> {
    const passed: string[] = []
    for (let tabs = 0; tabs < 60; tabs += 1) {
      const now = await page.evaluate<string>(`(() => { const one = document.activeElement; return !one.matches('a, button, input, select, textarea, summary') ? '' : [one.getAttribute('aria-label'), ...[...(one.labels ?? [])].map((label) => label.textContent), one.textContent].filter(Boolean).join(' / ') })()`)
      if (now.includes(name)) return
      passed.push(now)
      await page.keyboard.press('Tab')
    }
    throw new Error(`${name} is not reached by Tab: ${passed.join(' | ')}`)
  }
})

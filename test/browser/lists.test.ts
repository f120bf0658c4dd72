import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, openHouse, owner, phone, seriousFaults, sideways, type House, type Visit } from './browser.ts'

describe.skipIf(chromiumPath === null)('a list', () => {
  let house: House
  let visit: Visit
  beforeAll(async () => {
    house = await openHouse({ furnished: true })
    visit = await house.visit()
    await visit.signIn()
  }, 120_000)
  afterAll(() => house?.close())

  test('is narrowed, put in order and opened by the keyboard alone, and is the same again after going back', async () => {
    const { page, open, complaints } = visit
    await open('/lots')
    await page.keyboard.press('f')
    await page.getByRole('menuitem', { name: 'Product' }).waitFor()
    await page.keyboard.press('Enter')
    const product = page.getByRole('combobox', { name: 'Product' })
    await product.waitFor()
    expect(await page.evaluate('document.activeElement.getAttribute("role")')).toBe('combobox')
    await page.keyboard.type('crea')
    await page.getByRole('option', { name: /^Cream/ }).waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.waitForURL(/product=/)
    await product.waitFor({ state: 'detached' })
    await page.keyboard.press('f')
    await page.getByRole('menuitem', { name: 'Date' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('radio', { name: 'past' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.waitForURL(/dueTo=7d/)
    await page.keyboard.press('ArrowDown')
    await page.waitForURL(/dueFrom=0d.*dueTo=14d|dueTo=14d.*dueFrom=0d/)
    expect(await seriousFaults(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByRole('radio').first().waitFor({ state: 'detached' })
    // the focus is back on what was changed, and a pill is taken away by its button
    expect(await page.evaluate('document.activeElement.textContent')).toContain('in the next 14 days')
    await page.getByRole('columnheader', { name: 'Date' }).getByRole('button').focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/sort=due/)
    await page.keyboard.press('Enter')
    await page.waitForURL(/sort=-due/)
    await expect.poll(() => codes(page)).toEqual(['VF O0-1I', 'CR-1108'])
    expect(await page.getByRole('columnheader', { name: 'Date' }).getAttribute('aria-sort')).toBe('descending')
    expect(await seriousFaults(page)).toEqual([])
    const address = page.url()
    await page.evaluate('document.activeElement.blur()')
    await page.keyboard.press('j')
    await expect.poll(() => focused(page)).toBe('VF O0-1I')
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => focused(page)).toBe('CR-1108')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'CR-1108' }).waitFor()
    await page.goBack()
    await expect.poll(() => codes(page)).toEqual(['VF O0-1I', 'CR-1108'])
    expect(page.url()).toBe(address)
    expect(complaints()).toEqual([])
  })

  test('stands wholly in its address, for whoever is given it; a filter from a link can be taken away', async () => {
    const { page, open, get } = visit
    const customer = (await get('/parties?search=corner')).items[0]?.['partyId']
    await open(`/movements?kind=ship&party=${customer}&from=-29d&cols=kind,when,documents&sort=recorded`)
    await page.getByRole('button', { name: 'What: Shipment' }).waitFor()
    await page.getByRole('button', { name: 'Party: Corner Shop' }).waitFor()
    await page.getByRole('button', { name: 'When: in the last 30 days' }).waitFor()
    expect(await page.getByRole('columnheader').allTextContents()).toEqual(['', 'What', 'When', 'Documents'])
    expect(await page.locator('[data-index]').count()).toBe(2)
    await page.getByRole('button', { name: 'Party: Corner Shop' }).locator('xpath=..').getByRole('button').last().click()
    await page.waitForURL((url) => !url.searchParams.has('party'))
    await expect.poll(() => page.locator('[data-index]').count()).toBeGreaterThan(2)
    // people by name, for those who may not manage them too
    await page.getByRole('button', { name: 'Filter' }).click()
    await page.getByRole('menuitem', { name: 'Who' }).click()
    await page.getByRole('combobox', { name: 'Who' }).waitFor()
    await page.getByRole('option', { name: 'me' }).click()
    await page.waitForURL(/person=/)
    await page.getByRole('button', { name: 'Who: me' }).waitFor()
  })

  test('says what is on where nothing is left, and takes it away', async () => {
    const { page, open } = visit
    await open('/lots?q=zzz&inStock=true')
    await page.getByRole('heading', { name: /zzz|begins/ }).waitFor()
    expect(await page.getByText('Case, spaces, O and 0').count()).toBe(1)
    expect(await seriousFaults(page)).toEqual([])
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.getByRole('link', { name: 'CR-1108' }).waitFor()
    expect([new URL(page.url()).search, await page.getByRole('searchbox').inputValue()]).toEqual(['', ''])
  })

  test.each([
    ['an order there is not', '/lots?sort=taste', /sort/, 'In the usual order'],
    ['a day that is none', '/lots?dueTo=soon', /dueTo/, null],
    ['stock by lot where it stands by product', '/stock?sort=lot', /not broken down by lot/, 'In the usual order'],
    ['a range that ends before it begins', '/lots?dueFrom=9d&dueTo=1d', /range_backwards/, null],
  ])('in an address with %s says so by name', async (_, path, named, way) => {
    const { page, open } = visit
    await open(path)
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toMatch(named)
    expect(await seriousFaults(page)).toEqual([])
    if (way === null) return
    await page.getByRole('button', { name: way }).click()
    await page.locator('[data-index]').first().waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
  })

  test('is selected from with x, shift and boxes; codes are copied and rows saved', async () => {
    const { page, open, context } = visit
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await open('/lots?sort=code')
    await page.keyboard.press('j')
    await expect.poll(() => focused(page)).toBe('BU-2603')
    await page.keyboard.press('x')
    const bar = page.getByRole('region', { name: 'Selected' })
    await bar.waitFor()
    await box(page, 2).click({ modifiers: ['Shift'] })
    expect(await page.locator('[data-index] input:checked').count()).toBe(3)
    await box(page, 1).click()
    await bar.getByRole('button', { name: 'Copy codes' }).click()
    await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe('BU-2603\nCR-1108')
    const [download] = await Promise.all([page.waitForEvent('download'), bar.getByRole('button', { name: 'Save as CSV' }).click()])
    expect(readFileSync(await download.path(), 'utf8')).toMatch(/^\ufeffLot,Product,Date,Issued by,.*\r\nBU-2603,"Butter, salted",\d{4}-\d\d-\d\d,Meadow Dairy.*\r\nCR-1108,Cream 36 %,/)
    expect(await seriousFaults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await bar.waitFor({ state: 'detached' })
    expect(await page.locator('[data-index] input:checked').count()).toBe(0)
    // all of it, read to its end
    const [whole] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save all as CSV' }).click()])
    expect(readFileSync(await whole.path(), 'utf8').trim().split('\r\n')).toHaveLength(7)
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('of stock hands one row over to a form', async () => {
    const { page, open, get } = visit
    const [row] = (await get('/stock?by=lot,place&sort=due')).items
    await open('/stock?by=lot,place&sort=due')
    await box(page, 0).click()
    const bar = page.getByRole('region', { name: 'Selected' })
    const form = new URL(await bar.getByRole('link', { name: 'Move' }).getAttribute('href') ?? '', house.origin)
    expect([form.pathname, form.searchParams.get('product'), form.searchParams.get('lot'), form.searchParams.get('place')]).toEqual(['/do/move', row?.['productId'], row?.['lotId'], row?.['placeId']])
    await box(page, 1).click()
    expect(await bar.getByRole('link').count()).toBe(0)
    expect(await bar.getByRole('button', { name: 'Copy codes' }).count()).toBe(1)
  })

  test('is kept as a view for all, which another person opens, and only its owner changes', async () => {
    const { page, open } = visit
    await open('/lots?q=cr&sort=due')
    await page.keyboard.press('v')
    await page.getByRole('menuitem', { name: 'Save this view' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Cream, soon due')
    await page.getByRole('switch', { name: 'Shared with everybody here' }).press('Space')
    expect(await seriousFaults(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Cream, soon due', exact: true }).waitFor()

    // somebody else, who may only look
    await visit.context.request.post('/api/v1/people', { headers: { origin: house.origin, 'idempotency-key': crypto.randomUUID() }, data: { name: 'Ben Kos', email: 'ben@example.com', password: 'another sentence', role: 'viewer' } })
    const ben = await house.visit()
    await ben.context.request.post('/api/auth/sign-in/email', { headers: { origin: house.origin }, data: { email: 'ben@example.com', password: 'another sentence' } })
    await ben.open('/lots')
    await ben.page.getByRole('button', { name: 'Views' }).click()
    await ben.page.getByRole('menuitem', { name: /Cream, soon due.*Ana Ruiz/ }).click()
    await ben.page.waitForURL(/q=cr&sort=due/)
    await expect.poll(() => codes(ben.page)).toEqual(['CR-1101', 'CR-1108'])
    await ben.page.getByRole('button', { name: 'Cream, soon due' }).click()
    expect(await ben.page.getByRole('menuitem', { name: 'Rename, share or delete' }).count()).toBe(0)
    await ben.page.keyboard.press('Escape')
    // changed by him, it says so, also after a look at a row, and he can only keep it as his own
    await ben.page.getByRole('columnheader', { name: 'Lot' }).getByRole('button').click()
    await ben.page.getByRole('button', { name: /changed/ }).waitFor()
    await ben.page.getByRole('link', { name: 'CR-1108' }).click()
    await ben.page.getByRole('heading', { name: 'CR-1108' }).waitFor()
    await ben.page.goBack()
    await ben.page.getByRole('button', { name: /changed/ }).click()
    expect(await ben.page.getByRole('menuitem', { name: /^Update/ }).count()).toBe(0)
    await ben.page.getByRole('menuitem', { name: 'Save this view' }).click()
    await ben.page.getByRole('textbox', { name: 'Name' }).fill('By code')
    await ben.page.getByRole('button', { name: 'Save', exact: true }).click()
    await ben.page.getByRole('button', { name: 'By code' }).waitFor()
    expect(await seriousFaults(ben.page)).toEqual([])
    await ben.context.close()

    // its owner changes it, renames it to a name that is taken, and deletes it
    await page.getByRole('columnheader', { name: 'Product' }).getByRole('button').click()
    await page.getByRole('button', { name: /changed/ }).click()
    await page.getByRole('menuitem', { name: /^Update/ }).click()
    await page.getByRole('button', { name: 'Cream, soon due', exact: true }).waitFor()
    await open('/lots?inStock=true')
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByRole('menuitem', { name: 'Save this view' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('cream, SOON due')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toContain('view_name_taken')
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('cream, SOON due')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Views' }).click()
    await page.getByRole('menuitem', { name: 'Cream, soon due' }).click()
    await page.waitForURL(/sort=product/)
    await page.getByRole('button', { name: 'Cream, soon due' }).click()
    await page.getByRole('menuitem', { name: 'Rename, share or delete' }).click()
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('button', { name: 'Views', exact: true }).waitFor()
    expect((await visit.get('/views')).items).toEqual([])
  })

  test('is narrowed, put in order and selected from on a phone', async () => {
    const { page, open, signIn, complaints } = await house.visit({ viewport: phone })
    await signIn()
    await open('/lots')
    await page.getByRole('button', { name: 'Filter' }).click()
    const sheet = page.getByRole('dialog')
    await sheet.getByRole('checkbox', { name: 'On hand' }).check()
    await page.waitForURL(/inStock=true/)
    await sheet.getByLabel('Order').selectOption('due')
    await page.waitForURL(/sort=due/)
    expect(await seriousFaults(page)).toEqual([])
    await sheet.getByRole('button', { name: 'Show them' }).click()
    await sheet.waitFor({ state: 'detached' })
    await expect.poll(() => codes(page)).toEqual(['CR-1101', 'YO-2604', 'CR-1108', 'VF O0-1I', 'BU-2603', 'MC-88'])
    expect(await sideways(page)).toBe(0)
    // every target is large enough for a thumb
    const small = await page.evaluate<string[]>(`[...document.querySelectorAll('main button')].filter((one) => one.offsetParent !== null && Math.max(one.offsetHeight, one.parentElement.offsetHeight) < 44).map((one) => one.outerHTML.slice(0, 120))`)
    expect(small).toEqual([])
    await page.getByRole('button', { name: 'Select rows' }).click()
    // a tap anywhere selects, on a link too
    await page.getByRole('link', { name: 'Yoghurt' }).click()
    await page.locator('[data-index="2"]').click()
    expect(await page.locator('[data-index] input:checked').count()).toBe(2)
    expect(new URL(page.url()).pathname).toBe('/lots')
    expect(await sideways(page)).toBe(0)
    expect(await seriousFaults(page)).toEqual([])
    await page.getByRole('region', { name: 'Selected' }).getByRole('button', { name: 'Select nothing' }).click()
    await page.locator('[data-index="1"]').click({ position: { x: 300, y: 60 } })
    await page.getByRole('heading', { name: 'YO-2604' }).waitFor()
    expect(complaints()).toEqual([])
  })

  test.each([['at a desk', undefined], ['on a phone', phone]] as const)('of every kind has no serious fault %s', async (_, viewport) => {
    const { page, open, signIn, complaints } = await house.visit(viewport === undefined ? {} : { viewport })
    await signIn()
    for (const path of ['/stock?by=lot,place', '/products', '/plates', '/units', '/movements', '/places', '/parties']) {
      await open(path)
      await page.locator('[data-index]').first().waitFor()
      expect([path, await seriousFaults(page), await sideways(page), complaints()]).toEqual([path, [], 0, []])
    }
  })
})

describe.skipIf(chromiumPath === null)('a list with nothing in it yet', () => {
  let house: House
  beforeAll(async () => void (house = await openHouse({ furnished: false })), 120_000)
  afterAll(() => house?.close())

  test('says what it will hold, and leads to where that is made', async () => {
    const { page, context, open, signIn, complaints } = await house.visit()
    await context.request.post('/api/v1/setup', { headers: { origin: house.origin }, data: { owner, organization: { name: 'New Dairy' } } })
    await signIn()
    for (const [path, heading, action] of [
      ['/stock', 'Nothing is on hand', 'Receive'], ['/lots', 'No lots yet', 'Receive'], ['/units', 'No units yet', 'Receive'], ['/movements', 'Nothing happened yet', 'Receive'], ['/plates', 'No plates yet', 'Pack'],
    ] as const) {
      await open(path)
      await page.getByRole('heading', { name: heading }).waitFor()
      await page.locator('main').getByRole('link', { name: action, exact: true }).waitFor()
      expect([path, await seriousFaults(page), complaints()]).toEqual([path, [], []])
    }
    await open('/products')
    await page.getByRole('heading', { name: 'No products yet' }).waitFor()
    expect(await page.getByRole('button', { name: 'New product' }).count()).toBeGreaterThan(0)
  })
})

/** What stands first in the rows that are drawn. */
async function codes(page: Page): Promise<string[]> {
  const rows = await page.locator('[data-index]').evaluateAll((all) => (all as { dataset: { index?: string }; querySelector(what: string): { textContent: string | null } | null }[]).map((row) => [Number(row.dataset.index), row.querySelector('a')?.textContent ?? ''] as const))
  return rows.sort(([a], [b]) => a - b).map(([, code]) => code)
}

function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.textContent')
}

function box(page: Page, index: number) {
  return page.locator(`[data-index="${index}"] input[type=checkbox]`)
}

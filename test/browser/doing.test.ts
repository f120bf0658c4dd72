import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, openHouse, owner, phone, seriousFaults, type House, type Visit } from './browser.ts'

describe.skipIf(chromiumPath === null)('a new installation', () => {
  let house: House
  beforeAll(async () => void (house = await openHouse({ furnished: false })), 120_000)
  afterAll(() => house?.close())

  test('is set up on one page, on a phone too, and is then used', async () => {
    const { page, open, complaints } = await house.visit({ viewport: phone })
    await open('/lots')
    await page.getByRole('heading', { name: 'Welcome to Lotwise' }).waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await page.getByLabel('Company').fill('Meadow Dairy')
    await page.getByLabel('Your name').fill(owner.name)
    await page.getByLabel('E-mail').fill(owner.email)
    await page.locator('input[type=password]').fill(owner.password)
    await page.getByRole('button', { name: 'Begin' }).click()
    await page.getByRole('heading', { name: 'What do you handle?' }).waitFor()
    expect(await seriousFaults(page)).toEqual([])
    expect(complaints()).toEqual([])
  })

  test('leads who signs in to where he wanted to go, and says what is wrong with a password', async () => {
    const { page, open } = await house.visit()
    await open('/movements?kind=ship')
    await page.getByLabel('E-mail').fill(owner.email)
    await page.locator('input[type=password]').fill('not the password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toContain('sign_in_wrong')
    expect(await seriousFaults(page)).toEqual([])
    await page.locator('input[type=password]').fill(owner.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Movements' }).waitFor()
    expect(new URL(page.url()).search).toBe('?kind=ship')
    // signed out in another tab: the next answer leads back to the door
    await page.context().clearCookies()
    await page.getByRole('link', { name: 'Lots' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  })
})

describe.skipIf(chromiumPath === null)('somebody at work', () => {
  let house: House
  let visit: Visit
  beforeAll(async () => {
    house = await openHouse({ furnished: true })
    visit = await house.visit()
    await visit.signIn()
  }, 120_000)
  afterAll(() => house?.close())

  test('sees where all of a lot is: 100 % of it, each part opening to its rows, now and then', async () => {
    const { page, open, get } = visit
    const lotId = (await get('/lots?search=CR-1108')).items[0]?.['lotId']
    await open(`/lots/${lotId}`)
    const shares = await page.locator('summary').filter({ hasText: '%' }).allTextContents()
    expect(shares.map((share) => /^(\D+)/.exec(share)?.[1])).toEqual(['Here', 'In transit', 'Used', 'Shipped', 'Sampled', 'Destroyed', 'Lost'])
    expect(await page.getByRole('img', { name: /^Here 65.25 kg, 16%; In transit 30 kg, .*; Lost 1.25 kg/ }).count()).toBe(1)
    await page.locator('summary').filter({ hasText: 'Used' }).click()
    await page.getByRole('link', { name: 'BU-2603' }).first().waitFor()
    await page.locator('summary').filter({ hasText: 'Shipped' }).click()
    await page.getByRole('link', { name: 'Bakery Lindner' }).first().waitFor()
    // as of a week and a half ago nothing was lost yet
    await page.getByRole('button', { name: 'Now' }).click()
    await page.getByRole('button', { name: 'A week ago' }).click()
    await page.getByRole('img', { name: /^Here (?!.*Lost)/ }).waitFor()
    expect(new URL(page.url()).searchParams.get('at')).toMatch(/^\d{4}-/)
    expect(await seriousFaults(page)).toEqual([])
  })

  test('finds and opens by the keyboard alone', async () => {
    const { page, open } = visit
    await open('/')
    await page.keyboard.press('g')
    await page.keyboard.press('l')
    await page.getByRole('heading', { name: 'Lots' }).waitFor()
    await page.getByRole('row').nth(3).waitFor()
    await page.keyboard.press('j')
    await page.waitForTimeout(80)
    await page.keyboard.press('j')
    await page.waitForTimeout(80)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'YO-2604' }).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search everything' }).fill('bu-26')
    await page.getByRole('option', { name: /BU-2603/ }).waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'BU-2603' }).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('shares what he sees by its address: search and columns', async () => {
    const { page, open } = visit
    await open('/lots')
    await page.getByRole('searchbox').fill('cr')
    await page.waitForURL(/q=cr/)
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('menuitemcheckbox', { name: 'SKU' }).click()
    await page.waitForURL(/cols=/)
    const address = page.url()
    await open('/')
    await page.goto(address)
    await page.getByRole('columnheader', { name: 'SKU' }).waitFor()
    await page.getByRole('link', { name: 'CR-1101' }).waitFor()
    expect(await page.getByRole('link', { name: /^(?:CR|BU|YO)-/ }).allTextContents()).toEqual(['CR-1101', 'CR-1108'])
  })

  test('takes a movement back with a reason, and is told by name what stands in the way', async () => {
    const { page, open, get } = visit
    const movements = (await get('/movements?limit=100')).items
    const run = movements.find(({ kind }) => kind === 'transform')
    await open(`/movements/${run?.['movementId']}`)
    await page.getByRole('button', { name: 'Reverse' }).click()
    await page.getByLabel('Reason').fill('Typed wrongly')
    await page.getByRole('dialog').getByRole('button', { name: 'Reverse' }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toMatch(/cannot be reversed.*Reverse that one first.*reversal_blocked/s)
    expect(await seriousFaults(page)).toEqual([])

    const last = movements.find(({ kind }) => kind === 'pack')
    await open(`/movements/${last?.['movementId']}`)
    await page.getByRole('button', { name: 'Reverse' }).click()
    await page.getByLabel('Reason').fill('Wrong pallet')
    await page.getByRole('dialog').getByRole('button', { name: 'Reverse' }).click()
    await page.getByText('This was reversed.').waitFor()
    expect(await page.getByRole('button', { name: 'Reverse' }).count()).toBe(0)
  })

  test('makes a product in one small form, and hears by name of a SKU that is taken', async () => {
    const { page, open } = visit
    await open('/products')
    await page.getByRole('button', { name: 'New product' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Buttermilk')
    await page.getByRole('textbox', { name: 'SKU', exact: true }).fill('CREAM')
    await page.getByRole('button', { name: 'Make it' }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).toContain('sku_taken')
    await page.getByRole('textbox', { name: 'SKU', exact: true }).fill('BMILK')
    await page.getByRole('button', { name: 'Make it' }).click()
    await page.getByRole('heading', { name: 'Buttermilk' }).waitFor()
  })

  test('changes the language and the theme, and both stay', async () => {
    const { page, open, complaints } = visit
    await open('/')
    await page.getByRole('button', { name: /Ana Ruiz/ }).click()
    await page.getByRole('menuitem', { name: 'Deutsch' }).click()
    await page.getByRole('link', { name: 'Bewegungen' }).waitFor()
    await open('/lots')
    expect(await page.locator('html').getAttribute('lang')).toBe('de')
    await page.getByRole('button', { name: /Ana Ruiz/ }).click()
    await page.getByRole('menuitem', { name: 'Dunkles Thema' }).click()
    await open('/lots')
    expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark')
    expect(complaints()).toEqual([])
  })
})

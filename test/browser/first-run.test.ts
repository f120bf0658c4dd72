import type { Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, desk, openHouse, owner, phone, seriousFaults, sideways, type House, type Visit } from './browser.ts'

/** Goes on by Tab until the element that has the focus is called so, and says how many it took. */
async function tabTo(page: Page, name: RegExp, most = 60): Promise<void> {
  const called = `(() => { const it = document.activeElement; return (it?.getAttribute('aria-label') ?? it?.closest('label')?.textContent ?? it?.textContent ?? '') })()`
  for (let at = 0; at < most; at += 1) {
    await page.keyboard.press('Tab')
    if (name.test(String(await page.evaluate(called)))) return
  }
  throw new Error(`Tab does not lead to ${String(name)}`)
}

/** By its keys: typed at leisure, for fast ones are a scan. */
async function toGuide(page: Page): Promise<void> {
  await page.keyboard.press('g')
  await page.waitForTimeout(80)
  await page.keyboard.press('g')
  await expect.poll(() => page.evaluate('document.activeElement?.closest("[data-guide]") !== null')).toBe(true)
}

type VisitOptions = Parameters<House['visit']>[0]
async function ownerIn(house: House, options?: VisitOptions): Promise<Visit> {
  const visit = await house.visit(options)
  await visit.signIn()
  return visit
}

const organizations = async ({ get }: Visit) => (await get('/me'))['organizations'] as { organizationId: string; name: string; demo: boolean }[]

describe.skipIf(chromiumPath === null)('the first run', () => {
  let house: House
  beforeAll(async () => void (house = await openHouse({ furnished: false })), 120_000)
  afterAll(() => house?.close())
  const owned = (options?: VisitOptions): Promise<Visit> => ownerIn(house, options)

  test('asks one question after the account is made, and begins with an empty house: by keyboard alone, on a phone', async () => {
    const { page, open, complaints } = await house.visit({ viewport: phone })
    await open('/')
    for (const [label, text] of [['Company', 'Meadow Dairy'], ['Your name', owner.name], ['E-mail', owner.email]] as const) await page.getByLabel(label).fill(text)
    await page.locator('input[type=password]').fill(owner.password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'What do you handle?' }).waitFor()
    expect(await seriousFaults(page)).toEqual([])
    expect(await page.getByRole('button', { name: 'Continue' }).isDisabled()).toBe(true)

    await page.getByRole('heading', { name: 'What do you handle?' }).click()
    await tabTo(page, /^Food and drink/)
    await page.keyboard.press('Space')
    await tabTo(page, /^Chemicals/)
    await page.keyboard.press('Space')
    // two are picked: the main one is asked for, and what they set stands there
    expect(await page.getByRole('radio', { name: 'Food and drink' }).isChecked()).toBe(true)
    expect(await page.getByRole('region', { name: 'What this sets' }).innerText()).toMatch(/By lot · Best by · kg[\s\S]*On the FDA food traceability list[\s\S]*CAS number[\s\S]*“batch”/)
    expect(await seriousFaults(page)).toEqual([])
    expect(await sideways(page)).toBe(0)
    await tabTo(page, /^Continue$/)
    await page.keyboard.press('Enter')

    await page.getByRole('heading', { name: 'How do you want to begin?' }).waitFor()
    await page.getByRole('button', { name: 'Make Harbor Fireworks' }).waitFor()
    expect(await seriousFaults(page)).toEqual([])
    expect(await sideways(page)).toBe(0)
    await tabTo(page, /^Make the first product$/)
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'New product' })
    await dialog.waitFor()
    // it begins as food does, in the words of food, and can begin as the other does
    await expect.poll(() => dialog.getByRole('combobox', { name: 'Unit of measure' }).inputValue()).toBe('kg · Kilogram')
    expect(await Promise.all(['Tracked', 'Date on the label', 'What it is'].map((name) => dialog.getByRole('combobox', { name }).inputValue()))).toEqual(['By batch', 'Best by', 'Food and drink'])
    expect(await dialog.getByText('More').innerText()).toContain('Allergens')
    await dialog.getByRole('combobox', { name: 'What it is' }).click()
    await page.getByRole('option', { name: 'Chemicals' }).click()
    expect([await dialog.getByRole('combobox', { name: 'Date on the label' }).inputValue(), await dialog.getByLabel('Not used or shipped after that day').isChecked()]).toEqual(['Expires', true])
    await dialog.getByRole('combobox', { name: 'What it is' }).click()
    await page.getByRole('option', { name: 'Food and drink' }).click()
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Cream')
    await dialog.getByRole('textbox', { name: 'SKU' }).fill('CREAM')
    await dialog.getByText('More').click()
    await dialog.getByLabel('Allergens').fill('Milk')
    await dialog.getByLabel('On the FDA food traceability list').check()
    expect(await seriousFaults(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Make it' }).click()
    await page.getByRole('heading', { name: 'Cream' }).waitFor()
    await page.getByText('On the FDA food traceability list').waitFor()
    expect(await page.locator('dl').first().innerText()).toMatch(/Allergens\s+Milk/)
    expect(complaints()).toEqual([])
  })

  test('takes the first steps off by what is there, not by clicks', async () => {
    const visit = await owned()
    const { page, open, complaints } = visit
    await open('/')
    await page.getByRole('heading', { name: 'Nothing happened yet' }).waitFor()
    const steps = page.getByRole('region', { name: 'First steps' })
    await steps.getByRole('button', { name: 'First steps: 2 of 5 done. All steps' }).click()
    expect(await page.getByRole('menuitem').allInnerTexts()).toEqual(['Say what you handle', 'Make the first place', 'Make the first product', 'Receive something', 'Invite somebody'])
    expect(await seriousFaults(page)).toEqual([])
    await page.keyboard.press('Escape')
    expect(await steps.innerText()).toContain('Make the first place')
    await steps.getByRole('link', { name: 'Show me' }).click()
    await page.getByRole('heading', { name: 'Places' }).waitFor()
    expect(await steps.innerText()).toContain('2 of 5')
    await house.app.apiAs(await house.app.keyOf('owner', (await organizations(visit))[0]?.organizationId as never))('POST', '/places', { kind: 'facility', code: 'MAIN' })
    await open('/')
    expect(await steps.innerText()).toMatch(/3 of 5[\s\S]*Receive something/)
    // by keyboard: to the guide, and away with it for good
    await toGuide(page)
    await tabTo(page, /^Close the guide$/, 6)
    await page.keyboard.press('Enter')
    await steps.waitFor({ state: 'detached' })
    await open('/stock')
    expect(await steps.count()).toBe(0)
    await page.getByRole('button', { name: /^Organisation/ }).click()
    await page.getByRole('menuitem', { name: 'First steps' }).click()
    await steps.waitFor()
    expect(complaints()).toEqual([])
  })

  test('leads to the import of a file', async () => {
    const { page, open } = await owned()
    await open('/')
    await page.getByRole('link', { name: 'Begin' }).click()
    await page.getByRole('link', { name: 'Import a file' }).click()
    await page.waitForURL('**/imports/new')
  })

  test('the answer is given again: saved in place, said in the words of another trade; nothing is lost where the server does not answer', async () => {
    const { page, open, context } = await owned()
    await open('/welcome')
    for (const name of [/^Chemicals/, /^Food/, /^Yarn/]) await page.getByRole('group', { name: 'What do you handle?' }).getByText(name).click()
    await context.setOffline(true)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').innerText()).toContain('Lotwise does not answer')
    expect(await page.getByRole('checkbox', { name: /Yarn/ }).isChecked()).toBe(true)
    await context.setOffline(false)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('link', { name: 'Dye lots' }).waitFor()
    await open('/lots')
    await page.getByRole('heading', { name: 'Dye lots', exact: true }).waitFor()
    expect(await page.getByRole('searchbox').getAttribute('placeholder')).toBe('Dye lot code begins with')
    // what was there stays
    await open('/products')
    await page.getByRole('link', { name: 'Cream' }).click()
    await page.getByText('On the FDA food traceability list').waitFor()
  })

})

describe.skipIf(chromiumPath === null)('an organisation that handles yarn', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({ furnished: false })
    const { request } = (await house.visit()).context
    const headers = { origin: house.origin, 'idempotency-key': 'yarn' }
    await request.post('/api/v1/setup', { headers, data: { owner, organization: { name: 'Meadow Dairy' } } })
    await request.post('/api/auth/sign-in/email', { headers, data: owner })
    expect((await request.patch('/api/v1/organization', { headers, data: { preset: { trades: ['yarn'] } } })).status()).toBe(200)
  }, 120_000)
  afterAll(() => house?.close())
  const owned = (options?: VisitOptions): Promise<Visit> => ownerIn(house, options)

  test.each([['at a desk', desk], ['on a phone', phone]])('makes a demo company and opens it, walks its guide, and deletes it: %s', async (_, viewport) => {
    const visit = await owned({ viewport })
    const { page, open, complaints } = visit
    await open('/begin')
    await page.getByRole('button', { name: 'Make Harbor Fireworks' }).click()
    // it opens by itself when it is ready
    const guide = page.getByRole('region', { name: 'Guide' })
    await guide.waitFor({ timeout: 60_000 })
    expect(await guide.innerText()).toMatch(/0 of 9[\s\S]*Look at the lot/)
    expect(await sideways(page)).toBe(0)
    expect(await seriousFaults(page)).toEqual([])

    const lot = /Look at the lot (\S+)/.exec(await guide.innerText())?.[1] ?? ''
    await toGuide(page)
    await tabTo(page, /^Show me$/, 8)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: lot }).waitFor()
    await guide.getByText('1 of 9').waitFor()
    const unfold = async () => {
      if (await guide.getByRole('button', { name: 'Unfold the guide' }).count()) await guide.getByRole('button', { name: 'Unfold the guide' }).click()
    }
    await unfold()
    await guide.getByRole('button', { name: 'Next' }).click()
    // the next step is on this page too: being here is not having done it; a tick is
    await guide.getByText('Try to ship it').waitFor()
    expect(await guide.getByRole('checkbox', { name: 'Done' }).isChecked()).toBe(false)
    await guide.getByRole('checkbox', { name: 'Done' }).check()
    await guide.getByText('2 of 9').waitFor()
    // what was seen stays seen on this device
    await page.reload()
    await guide.getByText('2 of 9').waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await unfold()
    for (let at = 2; at < 9; at += 1) await guide.getByRole('button', { name: 'Next' }).click()
    await guide.getByRole('button', { name: 'Finish' }).click()
    await guide.getByRole('link', { name: 'Delete this company, or make another' }).click()

    await page.getByRole('heading', { name: 'Demo companies' }).waitFor()
    await page.getByRole('button', { name: 'Delete Harbor Fireworks' }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete Harbor Fireworks?' })
    expect(await dialog.innerText()).toMatch(/its products, places and parties, half a year of movements[\s\S]*No other organisation is touched/)
    expect(await seriousFaults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await page.evaluate('document.activeElement?.getAttribute("aria-label")')).toBe('Delete Harbor Fireworks')
    await page.getByRole('button', { name: 'Delete Harbor Fireworks' }).click()
    await dialog.getByRole('button', { name: 'Delete it for good' }).click()
    // whoever was in it is led home
    await page.getByRole('heading', { name: 'Good to see you, Ana' }).waitFor({ timeout: 30_000 })
    await page.getByText('Harbor Fireworks is deleted.').waitFor()
    expect((await organizations(visit)).map(({ name }) => name)).toEqual(['Meadow Dairy'])
    expect(complaints()).toEqual([])
  }, 120_000)

  test('a demo company is given up while it is made, and one that somebody else deleted is named', async () => {
    const visit = await owned()
    const { page, open } = visit
    await open('/demo-companies')
    await page.getByRole('button', { name: 'Make Fellside Yarns' }).click()
    await page.getByRole('progressbar', { name: 'Fellside Yarns is being made' }).waitFor()
    await page.getByRole('button', { name: 'Cancel the making of Fellside Yarns' }).click()
    expect(await seriousFaults(page)).toEqual([])
    const made = (await organizations(visit)).find(({ demo }) => demo)?.organizationId ?? ''
    const answer = await house.app.apiAs(await house.app.keyOf('owner', made as never))('DELETE', `/demo-companies/${made}`)
    expect(answer.status).toBe(200)
    await page.getByRole('dialog').getByRole('button', { name: 'Delete it for good' }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').innerText()).toContain('not_found')
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    await open('/demo-companies')
    await page.getByRole('button', { name: 'Make Fellside Yarns' }).waitFor()
    expect(await page.getByRole('button', { name: 'Delete Fellside Yarns' }).count()).toBe(0)
  }, 60_000)

  test('is in German, with the guide', async () => {
    const visit = await owned({ locale: 'de-DE' })
    const { page, open, complaints } = visit
    await open('/lots')
    await page.getByRole('link', { name: 'Farbpartien' }).waitFor()
    await page.getByText('Noch keine Farbpartien').waitFor()
    const api = house.app.apiAs(await house.app.keyOf('owner', (await organizations(visit))[0]?.organizationId as never))
    const { organizationId } = (await api('POST', '/demo-companies', { company: 'creamery' })).body as { organizationId: string }
    await expect.poll(async () => ((await api('GET', '/demo-companies')).body.companies as { organizationId: string; state: string }[]).find((one) => one.organizationId === organizationId)?.state, { timeout: 60_000, interval: 300 }).toBe('ready')
    await page.evaluate(`sessionStorage.clear(); localStorage.setItem('lotwise.organization', '${organizationId}')`)
    await open('/')
    await page.getByText('Sehen Sie die Charge CT-4471 an').waitFor()
    await page.getByText('Diese Starterkultur ist verunreinigt').waitFor()
    expect(await seriousFaults(page)).toEqual([])
    expect(complaints()).toEqual([])
  }, 90_000)

  test('somebody who may not manage sees what is handled, and no button that would be refused', async () => {
    const visit = await owned()
    const own = (await organizations(visit)).find(({ demo }) => !demo)?.organizationId ?? ''
    const person = { name: 'Vera Look', email: 'vera@example.com', password: 'a short sentence' }
    const made = await visit.page.request.post('/api/v1/people', { headers: { origin: house.origin, 'idempotency-key': 'vera', 'lotwise-organization': own }, data: { ...person, role: 'viewer' } })
    expect(made.status()).toBe(200)
    const { page, open, context } = await house.visit()
    expect((await context.request.post('/api/auth/sign-in/email', { headers: { origin: house.origin }, data: person })).status()).toBe(200)
    await open('/')
    await page.getByRole('heading', { name: 'Nothing happened yet' }).waitFor()
    expect([await page.getByRole('link', { name: 'Begin' }).count(), await page.getByRole('region', { name: 'First steps' }).count(), await page.getByRole('button', { name: /^Organisation/ }).count()]).toEqual([0, 0, 0])
    await open('/welcome')
    await page.getByText('An owner of the organisation answers this.').waitFor()
    expect([await page.getByRole('checkbox', { name: /Yarn/ }).isDisabled(), await page.getByRole('checkbox', { name: /Yarn/ }).isChecked(), await page.getByRole('button', { name: /Save|Continue/ }).count()]).toEqual([true, true, 0])
    expect(await seriousFaults(page)).toEqual([])
    await open('/begin')
    await page.getByRole('heading', { name: 'How do you want to begin?' }).waitFor()
    expect([await page.getByRole('link', { name: /Make the first|Import a file/ }).count(), await page.getByRole('button', { name: /^Make / }).count()]).toEqual([0, 0])
    await open('/demo-companies')
    await page.getByRole('heading', { name: 'Demo companies are for owners' }).waitFor()
    expect(await seriousFaults(page)).toEqual([])
  })
})

describe.skipIf(chromiumPath === null)('home', () => {
  let house: House
  beforeAll(async () => void (house = await openHouse({ furnished: true })), 120_000)
  afterAll(() => house?.close())

  test.each([['at a desk', desk], ['on a phone', phone]])('tells what waits and what happened in one request, and each number opens to its rows: %s', async (_, viewport) => {
    const { page, open, signIn, complaints } = await house.visit({ viewport })
    await signIn()
    const asked: string[] = []
    page.on('request', (request) => void (request.url().includes('/api/') && asked.push(new URL(request.url()).pathname)))
    await open('/')
    expect(asked.filter((path) => !['/api/v1/me', '/api/v1/first-steps'].includes(path))).toEqual(['/api/v1/home'])
    const needs = page.getByRole('region', { name: 'What needs you' })
    expect(await needs.getByRole('link').allInnerTexts()).toEqual(expect.arrayContaining([expect.stringMatching(/^Used before it was held/), expect.stringMatching(/Cream 36 %.*CR-1101[\s\S]*Use by/), expect.stringMatching(/^On hold/)]))
    expect(await page.getByRole('region', { name: 'The last 14 days' }).locator('p').innerText()).toMatch(/^\d+ movements, at most \d+ in a day/)
    await page.getByText('As a table').click()
    expect(await seriousFaults(page)).toEqual([])
    expect(await sideways(page)).toBe(0)
    const busiest = page.getByRole('row').filter({ has: page.getByRole('link') }).first()
    const [came = 0, stayed = 0, left = 0, all = 0] = (await busiest.getByRole('cell').allInnerTexts()).map(Number)
    expect([came + stayed + left, all > 0]).toEqual([all, true])
    await busiest.getByRole('link').click()
    await page.getByRole('heading', { name: 'Movements' }).waitFor()
    await expect.poll(() => page.getByRole('row').filter({ has: page.getByRole('link') }).count()).toBe(all)
    expect(complaints()).toEqual([])
  })
})

import type { Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, desk, openHouse, phone, seriousFaults, sideways, type House, type Visit } from './browser.ts'

const GTIN = '09501101530003'
const UNKNOWN_GTIN = '09506000134352'

/** What a wedge scanner types, in one turn of the page: how fast does not depend on the machine. `end`: what it ends with, if anything. */
async function burst(page: Page, text: string, end: 'Enter' | 'Tab' | null = 'Enter'): Promise<void> {
  await page.evaluate(`{
    const into = () => document.activeElement ?? document.body
    for (const key of ${JSON.stringify([...text, ...(end === null ? [] : [end])])}) {
      const taken = !into().dispatchEvent(new KeyboardEvent('keydown', { key: key === '\\u001d' ? ']' : key, ctrlKey: key === '\\u001d', bubbles: true, cancelable: true }))
      // what the browser itself does with a key
      if (taken || key === '\\u001d') continue
      if (key.length === 1 && into().matches('input, textarea')) document.execCommand('insertText', false, key)
      if (key === 'Enter' && into().matches('form input')) into().form.requestSubmit()
      if (key === 'Enter' && into().matches('a, button')) into().click()
    }
  }`)
}

describe.skipIf(chromiumPath === null)('a scanner', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({ furnished: true })
    const { get, signIn, context } = await house.visit()
    await signIn()
    const post = async (path: string, data: object): Promise<void> => {
      const answer = await context.request.post(`/api/v1${path}`, { data, headers: { origin: house.origin, 'idempotency-key': crypto.randomUUID() } })
      expect(answer.status(), await answer.text()).toBe(200)
    }
    const cream = (await get('/products?search=CREAM')).items[0]?.['productId']
    await post(`/products/${cream}/aliases`, { scheme: 'gtin', code: GTIN })
    // one code for two lots and a place
    for (const sku of ['BUTTER', 'YOGHURT']) await post('/lots', { product: { sku }, code: 'TWIN' })
    const main = (await get('/places?search=MAIN')).items[0]?.['placeId']
    await post('/places', { code: 'TWIN', name: 'Twin rack', kind: 'storage', parentId: main })
    await post('/lots', { product: { sku: 'BUTTER' }, code: 'FAM-1', family: 'DAY-77' })
  }, 120_000)
  afterAll(() => house?.close())

  const visits = new Map<object, Promise<Visit>>()
  /** Somebody at a screen of this size; signed in once. */
  const visit = (viewport = desk): Promise<Visit> => {
    const made = visits.get(viewport) ?? house.visit({ viewport }).then(async (one) => {
      await one.signIn()
      return one
    })
    visits.set(viewport, made)
    return made
  }
  const dialog = (page: Page) => page.getByRole('dialog')

  describe.each([['at a desk', desk], ['on a phone', phone]])('%s', (_, viewport) => {
    test('opens at once what is certain, from any page, and says what it was', async () => {
      const { page, open, complaints } = await visit(viewport)
      await open('/movements')
      for (const [text, heading] of [
        ['CR-1101', 'CR-1101'], [`]C101${GTIN}10CR-1108`, 'CR-1108'], [`(01)${GTIN}`, 'Cream 36 %'], [`https://id.gs1.org/01/${GTIN}/10/CR-1101`, 'CR-1101'], ['P20-003O', 'P20-003O'], ['PAL-0001', 'PAL-0001'], ['COLD-1', 'COLD-1'], ['9501101530003', 'Cream 36 %'],
      ] as const) {
        await burst(page, text)
        await page.getByRole('heading', { level: 1, name: heading }).waitFor()
        expect(await dialog(page).count()).toBe(0)
      }
      await burst(page, 'CR-1101')
      await page.getByRole('status').filter({ hasText: 'Cream 36 %' }).waitFor()
      expect(await seriousFaults(page)).toEqual([])
      await burst(page, 'DAY-77')
      await page.waitForURL(/\/lots\?family=/)
      expect(complaints()).toEqual([])
    })

    test('asks which of several it is, by number, arrows or a tap', async () => {
      const { page, open } = await visit(viewport)
      await open('/stock')
      await burst(page, 'TWIN')
      await dialog(page).getByText('Which one is it?').waitFor()
      const choices = dialog(page).getByRole('listitem')
      expect(await choices.allTextContents()).toEqual([expect.stringMatching(/TWIN.*Butter, salted.*Lot/), expect.stringMatching(/TWIN.*Yoghurt.*Lot/), expect.stringMatching(/TWIN.*Twin rack.*Place · MAIN/)])
      expect(await seriousFaults(page)).toEqual([])
      expect(await sideways(page)).toBeLessThanOrEqual(0)
      if (viewport === phone) for (const choice of await dialog(page).getByRole('link').all()) expect((await choice.boundingBox())?.height).toBeGreaterThanOrEqual(44)
      // by number
      await page.keyboard.press('3')
      await page.getByRole('heading', { level: 1, name: 'TWIN' }).waitFor()
      expect(new URL(page.url()).pathname).toMatch(/^\/places\//)
      await dialog(page).waitFor({ state: 'detached' })
      // by arrows and Enter, round the end
      await burst(page, 'TWIN')
      await choices.first().waitFor()
      await page.waitForFunction(`document.activeElement?.textContent?.includes('Butter')`)
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('Enter')
      await page.getByRole('link', { name: 'Yoghurt, plain 500 g' }).first().waitFor()
      expect(new URL(page.url()).pathname).toMatch(/^\/lots\//)
      await dialog(page).waitFor({ state: 'detached' })
      // a tap
      await burst(page, 'TWIN')
      await dialog(page).getByRole('link', { name: /Butter/ }).click()
      await page.getByRole('link', { name: 'Butter, salted' }).first().waitFor()
      // another scan takes the place of the question, and Escape ends it
      await burst(page, 'TWIN')
      await choices.first().waitFor()
      await burst(page, 'twin')
      await dialog(page).getByText('nearly so').waitFor()
      await page.keyboard.press('Escape')
      await dialog(page).waitFor({ state: 'detached' })
    })

    test('creates nothing of what nobody knows, says what was read and what can be done', async () => {
      const { page, open, get } = await visit(viewport)
      const counts = async (): Promise<number[]> => Promise.all(['/lots?limit=200', '/units?limit=200', '/products?limit=200', '/plates?limit=200', '/parties?limit=200', '/places?limit=200', '/movements?limit=200', '/audit?limit=200'].map(async (path) => (await get(path)).items.length))
      const before = await counts()
      await open('/stock')
      await burst(page, 'NEVER-SEEN-1')
      await dialog(page).getByText('Nothing was created.').waitFor()
      expect(await seriousFaults(page)).toEqual([])
      // scanned again without closing: the next one is told
      await burst(page, `01${UNKNOWN_GTIN}10NEW-9\u001d17991231310300150037012`)
      await dialog(page).getByText('NEW-9', { exact: true }).waitFor()
      expect(await dialog(page).getByRole('region', { name: 'What the label says' }).textContent()).toMatch(/GTIN09506000134352.*LotNEW-9.*Count12.*Expires1999-12-31.*Net weight1\.5\s?kg/)
      expect(await seriousFaults(page)).toEqual([])
      expect(await sideways(page)).toBeLessThanOrEqual(0)
      // the product is known, the lot is not
      await burst(page, `]d201${GTIN}10NEW-9`)
      await dialog(page).getByText('Of what the label says, this is known:').waitFor()
      await dialog(page).getByRole('link', { name: /Cream 36 %/ }).waitFor()
      // a scanner that leaves out the separators
      await burst(page, `01${GTIN}10CR-110817261231`)
      await dialog(page).getByText('left out what separates the lot').waitFor()
      await dialog(page).getByRole('link', { name: /CR-1108/ }).waitFor()
      // a label that is damaged
      await burst(page, ']C10109501101530004')
      expect(await dialog(page).getByRole('alert').textContent()).toMatch(/at character 16.*check digit.*scan_unreadable/s)
      expect(await counts()).toEqual(before)
      // and nothing on the way to a new product either, before it is made
      await burst(page, UNKNOWN_GTIN)
      await dialog(page).getByRole('button', { name: 'New product with this GTIN' }).click()
      expect(await dialog(page).getByLabel('GTIN').inputValue()).toBe(UNKNOWN_GTIN)
      expect(await counts()).toEqual(before)
    })
  })

  test('leads a label of a new product to the form that makes it, and is then known', async () => {
    const { page, open } = await visit()
    await open('/')
    await burst(page, `(01)${UNKNOWN_GTIN}(10)K-1`)
    await dialog(page).getByRole('button', { name: 'New product with this GTIN' }).click()
    await dialog(page).getByRole('textbox', { name: 'Name' }).fill('Kefir')
    await dialog(page).getByRole('textbox', { name: 'SKU', exact: true }).fill('KEFIR')
    // a scan while the form is being filled in throws nothing away
    await page.getByRole('button', { name: 'Cancel' }).focus()
    await burst(page, 'CR-1101')
    await page.getByRole('status').filter({ hasText: 'finish or close this first' }).waitFor()
    expect(await dialog(page).getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Kefir')
    await dialog(page).getByRole('button', { name: 'Make it' }).click()
    await page.getByRole('heading', { level: 1, name: 'Kefir' }).waitFor()
    await page.getByText(UNKNOWN_GTIN).first().waitFor()
    await open('/')
    await burst(page, `(01)${UNKNOWN_GTIN}`)
    await page.getByRole('heading', { level: 1, name: 'Kefir' }).waitFor()
  })

  test('is told apart from typing, however it ends, and its letters do nothing else', async () => {
    const { page, open } = await visit()
    await open('/movements')
    // slow keys act, one by one
    await page.keyboard.press('g')
    await page.waitForTimeout(120)
    await page.keyboard.press('l')
    await page.getByRole('heading', { level: 1, name: 'Lots' }).waitFor()
    // two keys that roll into each other are two keys
    await burst(page, 'gm', null)
    await page.getByRole('heading', { level: 1, name: 'Movements' }).waitFor()
    // what begins with them is a scan, with Enter, with Tab or with nothing at its end
    for (const end of ['Enter', 'Tab', null] as const) {
      await burst(page, 'gl-CR-1101', end)
      await dialog(page).getByText('Nothing was created.').waitFor()
      expect(new URL(page.url()).pathname).toBe('/movements')
      await page.keyboard.press('Escape')
      await dialog(page).waitFor({ state: 'detached' })
    }
    // a key held down is no scan
    await page.evaluate(`for (let i = 0; i < 8; i += 1) document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', repeat: i > 0, bubbles: true, cancelable: true }))`)
    await page.waitForTimeout(200)
    expect(await dialog(page).count()).toBe(0)
    // the Enter of a scan does not press the button that has the focus, nor a space within it
    await page.getByRole('button', { name: 'Columns' }).focus()
    await burst(page, 'VF O0-1I')
    await page.getByRole('heading', { level: 1, name: 'VF O0-1I' }).waitFor()
    expect(await page.getByRole('menu').count()).toBe(0)
  })

  test('types into a field that has the focus', async () => {
    const { page, open } = await visit()
    await open('/lots')
    await page.getByRole('searchbox').focus()
    await burst(page, 'CR-1101')
    await page.waitForURL(/q=CR-1101/)
    expect(await page.getByRole('searchbox').inputValue()).toBe('CR-1101')
    expect(new URL(page.url()).pathname).toBe('/lots')
  })

  test('is taken by the palette whole, and what is typed there is one too', async () => {
    const { page, open } = await visit()
    await open('/')
    const field = page.getByRole('combobox', { name: 'Search everything' })
    await page.keyboard.press('Control+k')
    await field.waitFor()
    await field.fill('half typed')
    await burst(page, 'CR-1108')
    await page.getByRole('heading', { level: 1, name: 'CR-1108' }).waitFor()
    await field.waitFor({ state: 'detached' })
    // Enter before the answer is there
    await page.keyboard.press('Control+k')
    await field.fill(`(01)${GTIN}(10)CR-1101`)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'CR-1101' }).waitFor()
    // what nobody knows is taken as a scan on request
    await page.keyboard.press('Control+k')
    await field.fill('NEVER-SEEN-2')
    await page.getByText('nothing was created').waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await page.keyboard.press('Enter')
    await dialog(page).getByText('Nothing was created.').waitFor()
    await page.keyboard.press('Escape')
    // pages are there by their names, and what was opened last
    await page.keyboard.press('Control+k')
    await page.getByRole('option', { name: 'Lot CR-1101' }).waitFor()
    await field.fill('movem')
    await page.getByRole('option', { name: 'Movements', exact: true }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Movements' }).waitFor()
  })

  test('hears that the server does not answer, and asks again', async () => {
    const { page, open, context } = await visit()
    await open('/')
    await page.waitForTimeout(3_500) // what is needed without network has been loaded by then
    await context.setOffline(true)
    await burst(page, 'CR-1101')
    await dialog(page).getByRole('alert').filter({ hasText: 'Lotwise does not answer.' }).waitFor()
    await context.setOffline(false)
    await dialog(page).getByRole('button', { name: 'Try again' }).click()
    await page.getByRole('heading', { level: 1, name: 'CR-1101' }).waitFor()
    await dialog(page).waitFor({ state: 'detached' })
  })

  test('finds the key n of the page it is on', async () => {
    const { page, open } = await visit()
    await open('/products')
    await page.getByRole('row').nth(2).waitFor()
    await page.keyboard.press('n')
    await page.getByRole('dialog', { name: 'New product' }).waitFor()
    await page.keyboard.press('Escape')
    await dialog(page).waitFor({ state: 'detached' })
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard' }).getByText('what this page makes').waitFor()
  })
})

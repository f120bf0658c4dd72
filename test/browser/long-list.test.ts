import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, openHouse, phone, type House } from './browser.ts'

const LOTS = 100_000

describe.skipIf(chromiumPath === null)('a list of 100,000 lots', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({ furnished: true })
    const { rows: [lot] } = await house.app.admin.query<{ organization_id: string; product_id: string; issuer_id: string }>('select organization_id, product_id, issuer_id from lot where code is not null limit 1')
    await house.app.admin.query(`
      with made as (
        insert into lot (organization_id, lot_id, product_id, issuer_id, code, use_by, created_at)
        select $1, gen_random_uuid(), $2, $3, 'MANY-' || lpad(n::text, 6, '0'), '2027-01-01'::date + (n % 300), now() from generate_series(1, ${LOTS}) n returning *
      ) insert into lot_code (organization_id, product_id, issuer_id, code, folded, lot_id, created_at) select organization_id, product_id, issuer_id, code, 'MANY' || right(code, 6), lot_id, now() from made`, [lot?.organization_id, lot?.product_id, lot?.issuer_id])
    await house.app.admin.query('analyze lot')
  }, 180_000)
  afterAll(() => house?.close())

  test.each([['at a desk', undefined, '/lots'], ['at a desk, by date', undefined, '/lots?sort=due'], ['at a desk, by code within a search', undefined, '/lots?q=many&sort=-code'], ['on a phone', phone, '/lots']] as const)('is scrolled through %s page after page, and only the rows in sight are drawn', async (_, viewport, path) => {
    const { page, signIn, open, complaints } = await house.visit(viewport === undefined ? {} : { viewport })
    await signIn()
    await open(path)
    const drawn = page.locator('[data-index]')
    await drawn.first().waitFor()
    const top = await page.locator('[data-index="0"]').textContent()
    const lowest = `Math.max(...[...document.querySelectorAll('[data-index]')].map((row) => Number(row.dataset.index)))`
    for (let last = 0; last < 1_000; last = await page.evaluate<number>(lowest)) {
      await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)')
      await expect.poll(() => page.evaluate<number>(lowest), { timeout: 30_000 }).toBeGreaterThan(last)
    }
    expect(await drawn.count()).toBeLessThan(80)
    // a row that was opened deep in it is found again by going back
    const deep = page.locator('[data-index] a').nth(await page.locator('[data-index] a').count() - 8)
    const code = await deep.textContent()
    await deep.click()
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.goBack()
    await page.getByRole('link', { name: code ?? '' }).first().waitFor()
    expect(await drawn.count()).toBeLessThan(80)
    // back on top the first stand where they stood
    await page.evaluate('scrollTo(0, 0)')
    await page.locator('[data-index="0"]').waitFor()
    expect(await page.locator('[data-index="0"]').textContent()).toBe(top)
    expect(complaints()).toEqual([])
  }, 120_000)

  test('is looked through in steps for what is rare in it, until all of it is found', async () => {
    const { page, signIn, open, complaints } = await house.visit()
    await signIn()
    // some of few lots is on hand, and they are the last by code
    const asked: string[] = []
    page.on('request', (request) => void (request.url().includes('/api/v1/lots?') && asked.push(request.url())))
    await open('/lots?inStock=true&sort=-code')
    await expect.poll(() => page.locator('[data-index]').count(), { timeout: 60_000 }).toBe(6)
    expect(asked.length).toBeGreaterThan(3)
    expect(complaints()).toEqual([])
  }, 120_000)
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { helpOf } from '../../web/help/page-of.ts'
import { readHelpPage } from '../../web/help/pages-plugin.ts'
import { chromiumPath, desk, openHouse, phone, seriousFaults, sideways, type House, type Visit } from './browser.ts'

describe.skipIf(chromiumPath === null)('help', () => {
  let house: House
  let visit: Visit
  const titleOf = (path: string): string => readHelpPage(`docs/guide/${helpOf[path]}.md`).page.title
  const beside = () => visit.page.getByRole('complementary', { name: 'Help' })

  beforeAll(async () => {
    house = await openHouse({ furnished: true })
    visit = await house.visit()
    await visit.signIn()
  }, 120_000)
  afterAll(() => house?.close())

  test('F1 opens the page that fits where one is, beside it, and the work goes on', async () => {
    const { page, open, complaints } = visit
    for (const path of ['/stock', '/lots', '/movements', '/units', '/plates']) {
      await open(path)
      await page.keyboard.press('F1')
      await beside().getByRole('heading', { level: 2, name: titleOf(path), exact: true }).waitFor()
      expect([path, await sideways(page)]).toEqual([path, 0])
    }
    await open('/lots')
    await page.keyboard.press('F1')
    await beside().getByRole('heading', { level: 2, name: titleOf('/lots') }).waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await page.getByRole('searchbox').fill('cr')
    await page.waitForURL(/q=cr/)
    await page.getByRole('link', { name: 'CR-1108' }).click()
    await page.getByRole('heading', { level: 1, name: 'CR-1108' }).waitFor()
    // what one reads stays open: it may be what one is doing
    expect(await beside().getByRole('heading', { level: 2, name: titleOf('/lots') }).count()).toBe(1)
    expect(complaints()).toEqual([])
  })

  test('by the keyboard alone: in, along its links, back, and out to where one was', async () => {
    const { page, open } = visit
    await open('/lots')
    await page.getByRole('searchbox').fill('cr-11')
    await page.keyboard.press('F1')
    await beside().getByRole('heading', { level: 2, name: titleOf('/lots') }).waitFor()
    const focused = (): Promise<string> => page.evaluate('document.activeElement?.closest("#help") ? "help" : document.activeElement?.getAttribute("type") ?? document.activeElement?.id ?? ""')
    await page.waitForFunction('document.activeElement?.id === "help"')
    await beside().getByRole('link', { name: 'holds', exact: true }).focus()
    await page.keyboard.press('Enter')
    await beside().getByRole('heading', { level: 2, name: 'Holds and exceptions', exact: true }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/lots')
    expect(await focused()).toBe('help')
    await beside().getByRole('button', { name: 'Back' }).focus()
    await page.keyboard.press('Enter')
    await beside().getByRole('heading', { level: 2, name: titleOf('/lots') }).waitFor()
    await page.keyboard.press('Escape')
    await beside().waitFor({ state: 'detached' })
    expect(await focused()).toBe('search')
    expect(await page.getByRole('searchbox').inputValue()).toBe('cr-11')

    // from the page it goes there, from there it closes
    await page.keyboard.press('F1')
    await beside().waitFor()
    await page.getByRole('searchbox').focus()
    await page.keyboard.press('F1')
    await page.waitForFunction('document.activeElement?.id === "help"')
    await page.keyboard.press('F1')
    await beside().waitFor({ state: 'detached' })
  })

  test('over a dialog it is a dialog, and leaves that one as it was', async () => {
    const { page, open } = visit
    await open('/movements')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    await page.keyboard.press('F1')
    await page.getByRole('dialog', { name: 'Help' }).getByRole('heading', { level: 2, name: titleOf('/movements'), exact: true }).waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog', { name: 'Help' }).waitFor({ state: 'detached' })
    expect(await page.getByRole('dialog', { name: 'Keyboard' }).count()).toBe(1)
  })

  test('on a phone it fills the screen, and gives the page back as it was', async () => {
    const small = await house.visit({ viewport: phone })
    await small.signIn()
    await small.open('/movements')
    const button = small.page.getByRole('button', { name: 'Help for this page' })
    expect((await button.boundingBox())?.width ?? 0).toBeGreaterThanOrEqual(44)
    await button.click()
    const dialog = small.page.getByRole('dialog', { name: 'Help' })
    await dialog.getByRole('heading', { level: 2, name: titleOf('/movements'), exact: true }).waitFor()
    await small.page.waitForFunction('document.querySelector("#help")?.getBoundingClientRect().width === innerWidth')
    expect([await seriousFaults(small.page), await sideways(small.page)]).toEqual([[], 0])
    await dialog.getByRole('link', { name: 'All of the help' }).click()
    await dialog.getByRole('searchbox', { name: 'Search the help' }).fill('release hold')
    await dialog.getByRole('search').getByRole('link', { name: 'Holds and exceptions', exact: true }).waitFor()
    expect(await seriousFaults(small.page)).toEqual([])
    await dialog.getByRole('button', { name: 'Close the help' }).click()
    await dialog.waitFor({ state: 'detached' })
    await small.page.waitForFunction('document.activeElement?.getAttribute("aria-label") === "Help for this page"')
    for (const path of ['/help', '/help/undo', '/help/api/start']) {
      await small.open(path)
      expect([path, await seriousFaults(small.page), await sideways(small.page)]).toEqual([path, [], 0])
    }
    await small.context.close()
  })

  test('is searched, says when it has nothing, and has an address for every page and part', async () => {
    const { page, open } = visit
    await open('/help')
    expect(await seriousFaults(page)).toEqual([])
    await page.getByRole('searchbox', { name: 'Search the help' }).fill('late entr')
    const found = page.getByRole('search').getByRole('link', { name: /^Undo/ })
    await found.waitFor()
    await page.waitForURL(/q=late/)
    await found.click()
    await page.getByRole('heading', { level: 1, name: /^Undo/ }).waitFor()
    await page.getByRole('navigation', { name: 'On this page' }).getByRole('link', { name: 'It happened yesterday' }).click()
    expect(new URL(page.url()).hash).toBe('#it-happened-yesterday')
    await page.getByRole('navigation', { name: 'Related' }).getByRole('link').first().waitFor()

    await open('/help?q=unobtainium')
    await page.getByText('Nothing in the help has “unobtainium”').waitFor()
    await open('/help/nowhere')
    await page.getByRole('heading', { level: 1, name: 'There is no such page' }).waitFor()
    expect(await seriousFaults(page)).toEqual([])
    await page.getByRole('link', { name: 'All of the help' }).click()
    await page.getByRole('heading', { level: 1, name: 'Help' }).waitFor()
  })

  test('examples stand in curl and TypeScript with this address in them, and a read is run here', async () => {
    const { page, context, open, complaints } = visit
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await open('/help/api/products')
    await page.getByRole('tab', { name: 'TypeScript' }).first().click()
    // all of them speak it now
    expect(await page.getByRole('tab', { name: 'TypeScript', selected: true }).count()).toBe(await page.getByRole('tab', { name: 'TypeScript' }).count())
    await page.getByRole('button', { name: 'Copy' }).first().click()
    expect(await page.evaluate('navigator.clipboard.readText()')).toContain(`await fetch(\`${house.origin}/api/v1/products?search=rye\``)
    await page.getByRole('tab', { name: 'curl' }).first().click()
    expect(await seriousFaults(page)).toEqual([])

    await open('/help/api/people-and-keys')
    await page.getByRole('button', { name: 'Run it here' }).first().click()
    const answer = page.getByRole('region', { name: 'Answer of this installation' })
    await answer.waitFor()
    expect(JSON.parse((await answer.textContent()) ?? '')).toMatchObject({ name: 'Meadow Dairy' })
    // nothing that writes can be pressed
    const examples = await page.locator('pre').allTextContents()
    expect(examples.filter((text) => text.includes('-X DELETE')).length).toBeGreaterThan(0)
    const runnable = await page.getByRole('button', { name: 'Run it here' }).count()
    expect(runnable).toBeLessThan(examples.length / 2)
    expect(complaints()).toEqual([])
  })

  test('is there before anybody has signed in, and in the dark', async () => {
    const stranger = await house.visit({ viewport: desk, colorScheme: 'dark' })
    await stranger.open('/sign-in')
    await stranger.page.keyboard.press('F1')
    const dialog = stranger.page.getByRole('dialog', { name: 'Help' })
    await dialog.getByRole('heading', { level: 2 }).first().waitFor()
    expect(await dialog.getByRole('link', { name: 'Open as a page' }).count()).toBe(0)
    expect(await seriousFaults(stranger.page)).toEqual([])
    await stranger.page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await stranger.signIn()
    await stranger.open('/help/api/lots')
    expect(await seriousFaults(stranger.page)).toEqual([])
    await stranger.context.close()
  })
})

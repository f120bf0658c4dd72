/**
 * `npm run screenshots`: the pictures of the documentation, docs/pictures/*.png, made of the product as it is. It is
 * started on a database of its own, set up and given demo companies as a user would, with a clock that stands on one day,
 * so that a picture changes only where the product did.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type BrowserContext, type Page } from '@playwright/test'
import { createAuth, loadSecret } from '#src/app/auth.ts'
import { readConfig } from '#src/app/config.ts'
import { startJobs } from '#src/app/jobs.ts'
import { createServer } from '#src/app/server.ts'
import { buildWeb } from '#src/app/web-build.ts'
import { connect } from '#src/db/connect.ts'
import type { Clock } from '#src/lib/time.ts'
import { chromiumPath } from './chromium.ts'
import { furnish } from './house.ts'

const folder = join(import.meta.dirname, '..', '..', 'docs', 'pictures')
const NOW = Date.parse('2026-11-24T09:30:00Z')
const owner = { name: 'Ana Ruiz', email: 'ana@example.com', password: 'a short sentence' }

/** What a picture is taken of; `before` does what leads to it. */
interface Picture {
  readonly name: string
  /** Whose: a demo company's, or the dairy's own (house.ts). */
  readonly company: 'creamery' | 'yarn_mill' | 'e_bikes' | 'dairy'
  /** The address; `{CR-1108}` is the id of what a scan of this code finds. */
  readonly at: string
  readonly phone?: boolean
  readonly dark?: boolean
  readonly before?: (page: Page) => Promise<void>
}

const pictures: readonly Picture[] = [
  { name: 'home', company: 'creamery', at: '/' },
  { name: 'stock', company: 'creamery', at: '/stock?by=lot,place' },
  { name: 'stock-dark', company: 'yarn_mill', at: '/stock', dark: true },
  { name: 'lot', company: 'dairy', at: '/lots/{CR-1108}' },
  { name: 'lot-phone', company: 'dairy', at: '/lots/{CR-1108}', phone: true },
  { name: 'trace', company: 'dairy', at: '/trace?lot={CR-1108}&view=graph' },
  { name: 'unit', company: 'e_bikes', at: '/units/{CT2510}' },
  { name: 'ship', company: 'dairy', at: '/do/ship', before: fillShipment },
  { name: 'ship-phone', company: 'dairy', at: '/do/ship', phone: true, before: fillShipment },
  { name: 'import', company: 'dairy', at: '/imports/new', before: readFile },
  { name: 'people', company: 'dairy', at: '/settings/people' },
  { name: 'help', company: 'creamery', at: '/stock', before: async (page) => page.keyboard.press('F1') },
]

if (chromiumPath === null) {
  console.error('No Chromium is installed, and the pictures are taken with one: apt-get install chromium.')
  process.exit(1)
}
await takeAll(chromiumPath)

async function takeAll(executablePath: string): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'lotwise-pictures-'))
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--font-render-hinting=none', '--disable-lcd-text', '--disable-partial-raster', '--disable-skia-runtime-opts'] })
  const product = await start(data)
  try {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const visit = async (phone = false, dark = false): Promise<BrowserContext> => {
      const context = await browser.newContext({ viewport: phone ? { width: 360, height: 640 } : { width: 1280, height: 800 }, colorScheme: dark ? 'dark' : 'light', locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce', baseURL: product.origin })
      await context.clock.setFixedTime(NOW + 60_000)
      return context
    }
    const first = await visit()
    await setUp(first)
    const companies = await makeCompanies(first, product.origin)
    for (const picture of pictures) {
      const context = await visit(picture.phone, picture.dark)
      await context.addCookies(await first.cookies())
      await take(context, picture, companies.get(picture.company) ?? '')
      await context.close()
    }
  } finally {
    await browser.close()
    await product.stop()
    rmSync(data, { recursive: true, force: true })
  }
  const files = readdirSync(folder)
  console.log(`${files.length} pictures, ${Math.round(files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0) / 1000)} kB, in docs/pictures`)
}

/** The product on a port of its own, with a clock that goes on by a millisecond whenever it is asked. */
async function start(data: string): Promise<{ readonly origin: string; stop(): Promise<void> }> {
  await buildWeb()
  let now = NOW
  const clock: Clock = () => new Date(now++).toISOString()
  const config = { ...readConfig({ LOTWISE_DATA: data, LOTWISE_REQUESTS_PER_MINUTE: '0', LOTWISE_LOG_LEVEL: 'error' }), port: 0 }
  const connection = await connect({ dataFolder: data, name: 'screenshots' })
  const { database, authPool, configs } = connection
  const server = await createServer({ config, database, auth: createAuth(authPool, config, await loadSecret(config)), clock, maintenance: configs.maintenance, logStream: process.stderr })
  const origin = await server.listen({ host: '127.0.0.1', port: 0 })
  const jobs = startJobs({ database, clock, log: (line) => console.error(line) }, server.demos)
  return {
    origin,
    stop: async () => {
      await Promise.all([jobs.stop(), server.close()])
      await connection.close()
    },
  }
}

/** The first page of a new installation, filled in as a person does. */
async function setUp(context: BrowserContext): Promise<void> {
  const page = await context.newPage()
  await page.goto('/')
  await page.getByLabel('Company').fill('Meadow Dairy')
  await page.getByLabel('Your name').fill(owner.name)
  await page.getByLabel('E-mail').fill(owner.email)
  await page.locator('input[type=password]').fill(owner.password)
  await page.getByRole('button', { name: 'Begin' }).click()
  await page.waitForURL((url) => url.pathname !== '/set-up')
  await settle(page)
  await shoot(page, 'first-run')
  await page.close()
}

/** Fills the dairy, and makes the demo companies that are shown; the id of each. */
async function makeCompanies({ request }: BrowserContext, origin: string): Promise<ReadonlyMap<string, string>> {
  const ask = async (method: string, path: string, data?: object, organization?: string): Promise<Record<string, unknown>> => {
    const headers = { origin, 'idempotency-key': crypto.randomUUID(), ...(organization === undefined ? {} : { 'lotwise-organization': organization }) }
    const answer = await request.fetch(`/api/v1${path}`, { method, headers, ...(data === undefined ? {} : { data }) })
    if (!answer.ok()) throw new Error(`${method} ${path}: ${await answer.text()}`)
    return (await answer.json()) as Record<string, unknown>
  }
  await furnish(ask, NOW)
  for (const [name, role] of [['Ben Okafor', 'operator'], ['Kim Lindqvist', 'manager'], ['Lea Brandt', 'viewer']] as const) await ask('POST', '/people', { name, role, email: `${name.split(' ')[0]?.toLowerCase()}@example.com`, password: owner.password })
  const dairy = String((await ask('GET', '/organization'))['organizationId'])
  const kinds = new Set(pictures.map(({ company }) => company).filter((company) => company !== 'dairy'))
  for (const company of kinds) await ask('POST', '/demo-companies', { company }, dairy)
  for (;;) {
    const { companies } = (await ask('GET', '/demo-companies', undefined, dairy)) as { companies: { company: string; organizationId: string; state: string }[] }
    if (companies.some(({ state }) => state === 'failed')) throw new Error('a demo company could not be made')
    if (companies.every(({ state }) => state === 'ready')) return new Map([['dairy', dairy], ...companies.map(({ company, organizationId }) => [company, organizationId] as const)])
    await sleep(1_000)
  }
}

async function take(context: BrowserContext, { name, at, before }: Picture, organizationId: string): Promise<void> {
  const page = await context.newPage()
  await page.addInitScript((id) => {
    localStorage.setItem('lotwise.organization', id)
    sessionStorage.setItem('lotwise.organization', id)
    // the guide would stand before what is shown
    localStorage.setItem(`lotwise.guide.${id}`, JSON.stringify({ done: [], at: 0, folded: false, open: false }))
  }, organizationId)
  await page.goto(await addressOf(context, at, organizationId))
  await settle(page)
  await before?.(page)
  await settle(page)
  await shoot(page, name)
}

async function addressOf({ request }: BrowserContext, at: string, organizationId: string): Promise<string> {
  const code = /\{(.+)\}/.exec(at)?.[1]
  if (code === undefined) return at
  const { candidates } = (await (await request.get(`/api/v1/scan?text=${code}`, { headers: { 'lotwise-organization': organizationId } })).json()) as { candidates: { id: string; match: string }[] }
  const found = candidates.find(({ match }) => match === 'exact')
  if (found === undefined) throw new Error(`nothing is called ${code}`)
  return at.replace(`{${code}}`, found.id)
}

/** Two scans and a number, as somebody at a dock does it. */
async function fillShipment(page: Page): Promise<void> {
  for (const code of ['Corner Shop', 'BU-2603']) {
    await page.evaluate(`for (const key of [...${JSON.stringify(code)}, 'Enter']) document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))`)
    await settle(page)
  }
  await page.getByLabel('Quantity').first().fill('12.5')
  await page.getByText('This can be posted').waitFor()
}

/** A file with what files have: a date there is not, a number that is none, a product that is new. */
async function readFile(page: Page): Promise<void> {
  const rows = ['SKU,Product,Lot,Best by,Bin,Qty', 'BUTTER,"Butter, salted",BU-2604,2027-02-10,COLD-1,120', 'BUTTER,"Butter, salted",BU-2603,2027-01-03,COLD-1,47', 'YOGHURT,"Yoghurt, plain 500 g",YO-2611,2026-13-09,COLD-2,240', 'KEFIR,Kefir 1 l,KE-0001,2026-12-20,COLD-2,96', 'SALT,Salt,,,COLD-2,lots']
  await page.locator('input[type=file]').setInputFiles({ name: 'stock.csv', mimeType: 'text/csv', buffer: Buffer.from(`${rows.join('\n')}\n`) })
  await page.getByRole('combobox', { name: 'Source' }).fill('Old system')
  await page.getByRole('button', { name: 'Read the file' }).click()
  await page.getByLabel('In which facility').first().fill('MAIN')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'What will happen' }).waitFor()
  await settle(page)
  await page.mouse.move(700, 400)
  await page.mouse.wheel(0, 640)
}

/** Until nothing is being loaded or drawn any more. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle')
  await page.evaluate('document.fonts.ready')
  await page.waitForTimeout(300)
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', caret: 'hide' })
  console.log(name)
}

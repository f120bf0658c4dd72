import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test'
import { expect } from 'vitest'
import { buildWeb } from '#src/app/web-build.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { chromiumPath } from './chromium.ts'
import { furnish } from './house.ts'

export { chromiumPath }
if (chromiumPath === null) console.log('No Chromium is installed, so the browser tests are skipped: apt-get install chromium.')

export const desk = { width: 1280, height: 800 }
export const phone = { width: 360, height: 640 }
export const owner = { name: 'Ana Ruiz', email: 'ana@example.com', password: 'a short sentence' }

/** The product as it is used: a server on a port, its pages built, and a browser. */
export interface House {
  readonly app: TestApp
  readonly origin: string
  readonly browser: Browser
  /** Somebody at a screen of this size who is not signed in. What the page complains about fails the test that asks `complaints`. */
  visit(options?: { readonly viewport?: typeof desk; readonly colorScheme?: 'light' | 'dark'; readonly locale?: string }): Promise<Visit>
  close(): Promise<void>
}

export interface Visit {
  readonly context: BrowserContext
  readonly page: Page
  /** Errors of scripts and of the content security policy, since the last time. */
  complaints(): string[]
  /** Signs in through the API, for tests that are about something else: the owner, unless somebody else is named. */
  signIn(person?: { readonly email: string; readonly password: string }): Promise<void>
  /** Opens an address and waits until nothing is being loaded. */
  open(path: string): Promise<void>
  /** What somebody does meanwhile, past the screen; a no of the server fails the test. */
  ask(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<Record<string, unknown>>
  get(path: string): Promise<Record<string, unknown> & { readonly items: readonly Record<string, string>[] }>
}

/** Opens the house; with `furnished` there is an owner and three weeks of history. */
export async function openHouse({ furnished }: { readonly furnished: boolean }): Promise<House> {
  await buildWeb()
  const app = await createTestApp()
  const origin = await app.server.listen({ host: '127.0.0.1', port: 0 })
  const browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: ['--no-sandbox'] })
  const visit: House['visit'] = async ({ viewport = desk, colorScheme = 'light', locale = 'en-GB' } = {}) => {
    const context = await browser.newContext({ viewport, colorScheme, locale, baseURL: origin, timezoneId: 'UTC' })
    return visitOf(context, await context.newPage(), origin)
  }
  if (furnished) await furnishHouse(await visit(), origin)
  return {
    app, origin, browser, visit,
    close: async () => {
      await browser.close()
      await app.close()
    },
  }
}

async function furnishHouse({ context, signIn }: Visit, origin: string): Promise<void> {
  await context.request.post('/api/v1/setup', { headers: { origin }, data: { owner, organization: { name: 'Meadow Dairy' } } })
  await signIn()
  await furnish(async (method, path, body) => {
    const answer = await context.request.fetch(`/api/v1${path}`, { method, headers: { origin, 'idempotency-key': crypto.randomUUID() }, ...(body === undefined ? {} : { data: body }) })
    if (!answer.ok()) throw new Error(`${method} ${path}: ${await answer.text()}`)
    return (await answer.json()) as Record<string, unknown>
  })
  await context.close()
}

function visitOf(context: BrowserContext, page: Page, origin: string): Visit {
  const heard: string[] = []
  page.on('pageerror', (error) => heard.push(error.message))
  // a request that is refused is the business of what the page shows
  page.on('console', (message) => void (message.type() === 'error' && !message.text().startsWith('Failed to load resource') && heard.push(message.text())))
  return {
    context, page,
    complaints: () => heard.splice(0),
    signIn: async ({ email, password } = owner) => {
      const answer = await context.request.post('/api/auth/sign-in/email', { headers: { origin }, data: { email, password } })
      expect(answer.status()).toBe(200)
    },
    ask: async (method, path, body) => {
      const answer = await context.request.fetch(`/api/v1${path}`, { method, headers: { origin, 'idempotency-key': crypto.randomUUID() }, ...(body === undefined ? {} : { data: body }) })
      expect(answer.status(), await answer.text()).toBe(200)
      return (await answer.json()) as Record<string, unknown>
    },
    open: async (path) => {
      await page.goto(path)
      await page.waitForLoadState('networkidle')
    },
    get: async (path) => (await (await context.request.get(`/api/v1${path}`)).json()) as never,
  }
}

/** What axe finds serious or critical on the page as it is, each as one line. */
export async function seriousFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 140)}`))
}

/** How far the page can be pushed sideways, in pixels. */
export function sideways(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - innerWidth')
}

import { afterAll, beforeAll } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { createStoryClock, story } from './run-story.ts'

const clock = createStoryClock()
let app: TestApp
beforeAll(async () => { clock.now = Date.parse('2026-01-01T00:00:00Z'); app = await createTestApp({ clock: clock.read }) })
afterAll(() => app.close())
const scene = () => ({ app, clock })

story('cream becomes butter and butter is sold', scene, `
  product CREAM  kg by lot
  product BUTTER kg by lot
  supplier Hill Farm
  customer Corner Shop
  place DOCK
  receive lot CREAM-07 40 kg from Hill Farm at DOCK          -> receipt 1
  consume lot CREAM-07 10 kg order P-1                       -> run 1
  produce lot BUTTER-3 4 kg  order P-1 use-by 2027-01-10     -> run 2
  ship    lot BUTTER-3 3 kg  to Corner Shop                  -> shipment 1
  ship    lot BUTTER-3 3 kg  to Corner Shop                  -> refused stock_insufficient available 1
  on hand                                                    -> 1 kg BUTTER-3 at DOCK, 30 kg CREAM-07 at DOCK
`)

story('goods cannot leave before they came', scene, `
  product CREAM kg by lot
  supplier Hill Farm
  customer Corner Shop
  place DOCK
  receive lot CREAM-07 40 kg from Hill Farm on 2026-11-20T10:00    -> receipt 1
  ship    lot CREAM-07 4 kg  to Corner Shop on 2026-11-20T09:00    -> refused late_entry_blocked
  ship    lot CREAM-07 4 kg  to Corner Shop on 2026-11-20T11:00    -> shipment 1
  on hand                                                          -> 36 kg CREAM-07 at DOCK
`)

story('a batch of scans has one time: what depends on a receipt still stands behind it', scene, `
  product CREAM kg by lot
  supplier Hill Farm
  customer Corner Shop
  place DOCK
  receive lot CREAM-07 40 kg from Hill Farm   on 2026-11-20T10:00  -> receipt 1
  ship    lot CREAM-07 40 kg to Corner Shop   on 2026-11-20T10:00  -> shipment 1
  receive lot CREAM-07 50 kg from Hill Farm   on 2026-11-20T12:00  -> receipt 2
  never   receipt 1                                                -> refused reversal_blocked blocking "shipment 1"
  never   shipment 1                                               -> ok
  never   receipt 1                                                -> ok
  on hand                                                          -> 50 kg CREAM-07 at DOCK
`)

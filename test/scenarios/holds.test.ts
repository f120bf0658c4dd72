import { afterAll, beforeAll } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { createStoryClock, story } from './run-story.ts'

const clock = createStoryClock()
let app: TestApp
beforeAll(async () => { clock.now = Date.parse('2026-01-01T00:00:00Z'); app = await createTestApp({ clock: clock.read }) })
afterAll(() => app.close())
const scene = () => ({ app, clock })


story('a held lot is not used until somebody decides', scene, `
  product CREAM  kg by lot
  product BUTTER kg by lot
  supplier Hill Farm
  customer Corner Shop
  place DOCK
  receive lot CREAM-07 40 kg from Hill Farm at DOCK          -> receipt 1
  reserve lot CREAM-07 5 kg for SO-1                         -> reservation 1
  hold    lot CREAM-07 "no certificate"                      -> hold 1
  consume lot CREAM-07 10 kg order P-1                       -> refused on_hold which CREAM-07
  ship    lot CREAM-07 1 kg to Corner Shop                   -> refused on_hold
  ship    lot CREAM-07 5 kg to Corner Shop for SO-1          -> refused on_hold
  reserve lot CREAM-07 1 kg for SO-2                         -> refused on_hold
  sample  lot CREAM-07 0.5 kg because "laboratory"           -> sample 1
  move    lot CREAM-07 10 kg to MAIN                         -> move 1
  release hold 1 "certificate 881 arrived"                   -> ok
  release hold 1 "again"                                     -> refused hold_released
  consume lot CREAM-07 10 kg order P-1                       -> run 1
  produce lot BUTTER-3 4 kg order P-1 use-by 2027-01-10      -> run 2
  ship    lot BUTTER-3 3 kg to Corner Shop                   -> shipment 1
  forward lot CREAM-07                                       -> Corner Shop 3 kg BUTTER-3, on hand 1 kg BUTTER-3, on hand 19.5 kg CREAM-07, on hand 10 kg CREAM-07
  on hand                                                    -> 19.5 kg CREAM-07 at DOCK promised 5, 10 kg CREAM-07 at MAIN, 1 kg BUTTER-3 at DOCK
`)

story('a hold is on a unit, a plate, a place or a family; what it allows may go on', scene, `
  product YARN kg by lot
  product BIKE each by serial
  supplier Spinner
  customer Knitter
  place SHELF
  place CAGE quarantine
  plate PAL-1
  receive lot YARN-1 10 kg family DYE-9 from Spinner         -> receipt 1
  receive lot YARN-2 10 kg from Spinner                      -> receipt 2
  receive serials BIKE-1..BIKE-2 from Spinner                -> receipt 3
  hold unit BIKE-1 "crack?"                                  -> hold 1
  ship serials BIKE-1, BIKE-2 to Knitter                     -> refused on_hold which BIKE-1
  ship serial BIKE-2 to Knitter                              -> shipment 1
  hold family DYE-9 "shade"                                  -> hold 2
  ship lot YARN-1 1 kg to Knitter                            -> refused on_hold
  ship lot YARN-2 1 kg to Knitter                            -> shipment 2
  pack lot YARN-2 4 kg onto PAL-1                            -> packing 1
  hold plate PAL-1 "wet" allowing transform                  -> hold 3
  ship plate PAL-1 to Knitter                                -> refused on_hold
  make lot YARN-2 1 kg plate PAL-1 into lot YARN-3 1 kg      -> run 1
  ship lot YARN-2 1 kg to Knitter                            -> shipment 3
  move lot YARN-2 2 kg to CAGE                               -> move 1
  hold place CAGE "quarantine"                               -> hold 4
  ship lot YARN-2 1 kg from CAGE to Knitter                  -> refused on_hold which CAGE
  destroy lot YARN-2 1 kg from CAGE because "moths"          -> destruction 1
  on hand                                                    -> 1 each BIKE at SHELF, 10 kg YARN-1 at SHELF, 2 kg YARN-2 at SHELF, 1 kg YARN-2 at CAGE, 3 kg YARN-2 at SHELF on PAL-1, 1 kg YARN-3 at SHELF
`)

story('a hold placed since does not undo what happened before it: it is told of', scene, `
  product CREAM kg by lot
  supplier Hill Farm
  customer Corner Shop
  place DOCK
  receive lot CREAM-07 40 kg from Hill Farm on 2026-11-20T10:00        -> receipt 1
  hold lot CREAM-07 "no certificate"                                   -> hold 1
  ship lot CREAM-07 5 kg to Corner Shop on 2026-11-21T10:00            -> shipment 1 telling
  ship lot CREAM-07 5 kg to Corner Shop                                -> refused on_hold
  on hand                                                              -> 35 kg CREAM-07 at DOCK
`)

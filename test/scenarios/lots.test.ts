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
  forward lot CREAM-07                                       -> Corner Shop 3 kg BUTTER-3, on hand 1 kg BUTTER-3, on hand 30 kg CREAM-07
  backward lot BUTTER-3                                      -> Hill Farm 40 kg CREAM-07
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

story('one code of two suppliers is two lots', scene, `
  product YARN kg by lot
  supplier Spinner
  supplier Dyer
  customer Knitter
  place SHELF
  receive lot YARN-7 10 kg from Spinner                     -> receipt 1
  receive lot YARN-7 5 kg from Dyer                         -> receipt 2
  ship lot YARN-7 1 kg to Knitter                           -> refused lot_ambiguous
  ship lot YARN-7 6 kg issuer Dyer to Knitter               -> refused stock_insufficient available 5
  ship lot YARN-7 6 kg issuer Spinner to Knitter            -> shipment 1
  receive goods YARN 1 kg from Spinner                      -> refused lot_missing
  on hand                                                   -> 4 kg YARN-7 at SHELF, 5 kg YARN-7 at SHELF
`)

story('a lot that was entered twice becomes one; what was posted stays as it was', scene, `
  product CREAM kg by lot
  product BUTTER kg by lot
  supplier Hill Farm
  customer Corner Shop
  place DOCK
  receive lot CREAM-07 10 kg from Hill Farm                 -> receipt 1
  receive lot CREAM-O7 5 kg from Hill Farm                  -> receipt 2
  make lot CREAM-O7 2 kg into lot BUTTER-1 1 kg             -> run 1
  reserve lot CREAM-O7 3 kg for SO-1                        -> reservation 1
  merge-lots CREAM-O7 into CREAM-07                         -> ok
  merge-lots CREAM-O7 into CREAM-07                         -> refused merged_already
  ship lot CREAM-O7 1 kg to Corner Shop                     -> shipment 1
  ship lot CREAM-07 3 kg to Corner Shop for SO-1            -> shipment 2
  backward lot BUTTER-1                                     -> Hill Farm 15 kg CREAM-07
  never receipt 2                                           -> ok
  on hand                                                   -> 4 kg CREAM-07 at DOCK, 1 kg BUTTER-1 at DOCK
`)

story('past its date a lot stays, where the product says that this blocks', scene, `
  product CREAM kg by lot use-by blocks
  product SALT kg by lot
  supplier Hill Farm
  customer Corner Shop
  place DOCK
  receive lot CREAM-07 4 kg use-by 2026-11-23 and lot SALT-1 4 kg use-by 2026-11-01 from Hill Farm   -> receipt 1
  receive lot CREAM-07 4 kg use-by 2026-11-30 from Hill Farm                                         -> refused lot_date_differs
  ship lot CREAM-07 1 kg and lot SALT-1 1 kg to Corner Shop                                          -> shipment 1
  the next day
  ship lot CREAM-07 1 kg to Corner Shop                                                              -> refused lot_past_date
  reserve lot CREAM-07 1 kg for SO-1                                                                 -> refused lot_past_date
  ship lot CREAM-07 1 kg to Corner Shop on 2026-11-23T20:00                                          -> shipment 2
  destroy lot CREAM-07 2 kg because "old"                                                            -> destruction 1
  on hand                                                                                            -> 3 kg SALT-1 at DOCK
`)

story('what happened earlier is told later, where nothing since stands against it', scene, `
  product CREAM kg by lot
  supplier Hill Farm
  customer Corner Shop
  place DOCK
  place COLD
  receive lot CREAM-07 40 kg from Hill Farm on 2026-11-20T10:00      -> receipt 1
  ship lot CREAM-07 30 kg to Corner Shop on 2026-11-21T10:00         -> shipment 1
  receive lot CREAM-07 20 kg from Hill Farm on 2026-11-22T10:00      -> receipt 2
  ship lot CREAM-07 15 kg to Corner Shop on 2026-11-20T18:00         -> refused late_entry_blocked movement "shipment 1"
  ship lot CREAM-07 10 kg to Corner Shop on 2026-11-20T18:00         -> shipment 2
  move lot CREAM-07 1 kg to COLD on 2026-11-21T18:00                 -> refused late_entry_blocked movement "receipt 2"
  ship lot CREAM-07 1 kg to Corner Shop on 2026-11-25T08:00          -> refused occurred_in_future
  ship lot CREAM-07 1 kg to Corner Shop on 2026-11-23T08:05          -> shipment 3
  on hand                                                            -> 19 kg CREAM-07 at DOCK
`)

story('it never happened, or it was undone: two meanings', scene, `
  product CREAM  kg by lot
  product BUTTER kg by lot
  supplier Hill Farm
  customer Corner Shop
  place DOCK
  receive lot CREAM-07 40 kg from Hill Farm                          -> receipt 1
  make lot CREAM-07 10 kg into lot BUTTER-3 4 kg                     -> run 1
  ship lot BUTTER-3 3 kg to Corner Shop                              -> shipment 1
  never run 1                                                        -> refused reversal_blocked blocking "shipment 1"
  undo shipment 1 because "refused at the door"                      -> undo 1
  never shipment 1                                                   -> refused reversed_already
  never undo 1                                                       -> refused reversal_of_reversal
  never run 1                                                        -> refused reversal_blocked blocking "shipment 1"
  undo run 1                                                         -> undo 2
  on hand                                                            -> 40 kg CREAM-07 at DOCK
  ship lot CREAM-07 1 kg to Corner Shop                              -> shipment 2
  never receipt 1                                                    -> refused reversal_blocked
  on hand                                                            -> 39 kg CREAM-07 at DOCK
`)

story('a lot is split, merged and repacked; what should be conserved is', scene, `
  product FLOUR kg by lot
  product BAG each by lot
  supplier Mill
  place STORE
  receive lot FLOUR-1 100 kg and lot FLOUR-2 50 kg from Mill                                       -> receipt 1
  split lot FLOUR-1 100 kg into lot FLOUR-1A 60 kg and lot FLOUR-1B 39 kg                          -> refused run_not_conserved
  split lot FLOUR-1 100 kg into lot FLOUR-1A 60 kg and lot FLOUR-1B 40 kg                          -> run 1
  merge lot FLOUR-1B 40 kg and lot FLOUR-2 50 kg into lot FLOUR-3 90 kg                            -> run 2
  merge lot FLOUR-1A 1 kg and lot FLOUR-3 1 kg into lot FLOUR-4 1 kg and lot FLOUR-5 1 kg          -> refused run_shape_wrong
  repack lot FLOUR-3 10 kg into lot BAG-3 20 each                                                  -> run 3
  make lot FLOUR-1A 5 kg and lot FLOUR-3 5 kg into lot BAG-4 2 each using 1 and lot BAG-5 2 each using 2 6   -> refused use_exceeds_input
  make lot FLOUR-1A 5 kg and lot FLOUR-3 5 kg into lot BAG-4 2 each using 1 and lot BAG-5 2 each using 2 5   -> run 4
  forward lot FLOUR-2  -> on hand 75 kg FLOUR-3, on hand 20 each BAG-3, on hand 2 each BAG-5
  backward lot BAG-4   -> Mill 100 kg FLOUR-1
  on hand  -> 20 each BAG-3 at STORE, 2 each BAG-4 at STORE, 2 each BAG-5 at STORE, 55 kg FLOUR-1A at STORE, 75 kg FLOUR-3 at STORE
`)

story('what is reworked under its own code stays the lot it was', scene, `
  product FLOUR kg by lot
  supplier Mill
  place STORE
  receive lot FLOUR-1 100 kg from Mill                       -> receipt 1
  rework lot FLOUR-1 60 kg into lot FLOUR-1 58 kg            -> run 1
  sample lot FLOUR-1 1 kg because "moisture"                 -> sample 1
  on hand                                                    -> 97 kg FLOUR-1 at STORE
`)

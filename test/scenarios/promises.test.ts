import { afterAll, beforeAll } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { createStoryClock, story } from './run-story.ts'

const clock = createStoryClock()
let app: TestApp
beforeAll(async () => { clock.now = Date.parse('2026-01-01T00:00:00Z'); app = await createTestApp({ clock: clock.read }) })
afterAll(() => app.close())
const scene = () => ({ app, clock })


story('what is promised to one is not shipped to another', scene, `
  product CREAM kg by lot
  product BIKE each by serial
  supplier Hill Farm
  customer Corner Shop
  customer Anna
  place DOCK
  receive lot CREAM-07 40 kg and serials BIKE-1..BIKE-3 from Hill Farm   -> receipt 1
  reserve lot CREAM-07 25 kg for SO-1                                    -> reservation 1
  reserve lot CREAM-07 16 kg for SO-2                                    -> refused stock_insufficient available 15
  reserve serial BIKE-1 for SO-1                                         -> reservation 2
  reserve serial BIKE-1 for SO-2                                         -> refused unit_allocated
  reserve serial BIKE-2 and serial BIKE-2 for SO-2                       -> refused unit_twice
  ship lot CREAM-07 16 kg to Anna                                        -> refused stock_allocated available 15
  ship serial BIKE-1 to Anna                                             -> refused unit_allocated
  move lot CREAM-07 16 kg to MAIN                                        -> refused stock_allocated
  ship lot CREAM-07 10 kg to Corner Shop for SO-1                        -> shipment 1
  on hand CREAM-07                                                       -> 30 kg CREAM-07 at DOCK promised 15
  ship lot CREAM-07 20 kg and serial BIKE-1 to Corner Shop for SO-1      -> shipment 2
  release SO-1                                                           -> refused allocation_unknown
  reserve lot CREAM-07 5 kg for SO-3                                     -> reservation 3
  release SO-3                                                           -> released 1
  ship lot CREAM-07 10 kg to Anna                                        -> shipment 3
  on hand                                                                -> 2 each BIKE at DOCK
`)

story('a soft promise ends by itself', scene, `
  product CREAM kg by lot
  product BIKE each by serial
  supplier Hill Farm
  customer Anna
  place DOCK
  receive lot CREAM-07 10 kg and serials BIKE-1..BIKE-3 from Hill Farm   -> receipt 1
  reserve lot CREAM-07 8 kg for CART-1 until 2026-11-23T12:00            -> reservation 1
  reserve serials BIKE-1..BIKE-2 for CART-1 until 2026-11-23T12:00       -> reservation 2
  ship lot CREAM-07 3 kg to Anna                                         -> refused stock_allocated
  ship serial BIKE-1 to Anna                                             -> refused unit_allocated
  the next day
  ship lot CREAM-07 3 kg to Anna                                         -> shipment 1
  ship serial BIKE-1 to Anna                                             -> shipment 2
  reserve serial BIKE-2 for SO-1                                         -> reservation 3
  ship serial BIKE-2 to Anna                                             -> refused unit_allocated
  release SO-1                                                           -> released 1
  reserve lot CREAM-07 7 kg for CART-3 until 2026-11-24T12:00            -> reservation 4
  the next day
  ship lot CREAM-07 6 kg to Anna for CART-3                              -> shipment 3
  reserve lot CREAM-07 8 kg for CART-2 until 2026-11-23T12:00            -> refused input_invalid
  on hand                                                                -> 2 each BIKE at DOCK, 1 kg CREAM-07 at DOCK
`)

story('asking first changes nothing', scene, `
  product CREAM kg by lot
  supplier Hill Farm
  customer Anna
  place DOCK
  dry run receive lot CREAM-07 10 kg from Hill Farm          -> would be ok
  ship lot CREAM-07 1 kg to Anna                             -> refused lot_unknown
  receive lot CREAM-07 10 kg from Hill Farm                  -> receipt 1
  dry run ship lot CREAM-07 11 kg to Anna                    -> would be refused stock_insufficient
  dry run ship lot CREAM-07 10 kg to Anna                    -> would be ok
  dry run reserve lot CREAM-07 10 kg for SO-1                -> would be ok
  on hand                                                    -> 10 kg CREAM-07 at DOCK
`)

story('a request is sent again when its answer was lost, and has one effect', scene, `
  product CREAM kg by lot
  supplier Hill Farm
  customer Anna
  place DOCK
  receive lot CREAM-07 10 kg from Hill Farm key K-1          -> receipt 1
  receive lot CREAM-07 10 kg from Hill Farm key K-1          -> again receipt 1
  receive lot CREAM-07 12 kg from Hill Farm key K-1          -> refused idempotency_key_reused field lines
  ship lot CREAM-07 11 kg to Anna key K-2                    -> refused stock_insufficient
  ship lot CREAM-07 9 kg to Anna key K-2                     -> shipment 1
  never shipment 1 key K-3                                   -> undo 1
  never shipment 1 key K-3                                   -> again undo 1
  on hand                                                    -> 10 kg CREAM-07 at DOCK
`)

story('a whole list goes together or not at all, or each line for itself', scene, `
  product CREAM kg by lot
  supplier Hill Farm
  customer Anna
  place DOCK
  together                                                   -> refused stock_insufficient movement 1
  | receive lot CREAM-07 10 kg from Hill Farm
  | ship lot CREAM-07 11 kg to Anna
  on hand                                                    -> nothing
  together                                                   -> ok
  | receive lot CREAM-07 10 kg from Hill Farm
  | ship lot CREAM-07 4 kg to Anna
  each
  | receive lot CREAM-08 10 kg from Hill Farm                -> receipt 1
  | ship lot CREAM-07 7 kg to Anna                           -> refused stock_insufficient available 6
  | ship lot CREAM-08 7 kg to Anna                           -> shipment 1
  on hand                                                    -> 6 kg CREAM-07 at DOCK, 3 kg CREAM-08 at DOCK
`)

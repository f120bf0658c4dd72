import { afterAll, beforeAll } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { createStoryClock, story } from './run-story.ts'

const clock = createStoryClock()
let app: TestApp
beforeAll(async () => { clock.now = Date.parse('2026-01-01T00:00:00Z'); app = await createTestApp({ clock: clock.read }) })
afterAll(() => app.close())
const scene = () => ({ app, clock })


story('cream of two days mixes in the tank; what is drawn is some of both', scene, `
  product CREAM  kg by lot
  product BUTTER kg by lot
  supplier Hill Farm
  supplier Lake Farm
  customer Corner Shop
  tank TANK
  place DOCK
  receive lot CREAM-07 30 kg from Hill Farm at TANK                                       -> receipt 1
  receive lot CREAM-08 60 kg from Lake Farm at TANK                                       -> receipt 2
  make goods CREAM 10 kg from TANK into lot BUTTER-3 4 kg to DOCK                         -> run 1 taking 3.333 6.667
  make lot CREAM-07 1 kg from TANK into lot BUTTER-3 1 kg to DOCK                         -> refused mixture_has_no_lots
  make goods CREAM 90 kg from TANK into lot BUTTER-4 9 kg to DOCK                         -> refused stock_insufficient available 80
  make goods CREAM 80 kg from TANK into lot BUTTER-4 32 kg to DOCK                        -> run 2 taking 26.667 53.333
  receive lot CREAM-09 5 kg from Hill Farm at TANK                                        -> receipt 3
  make goods CREAM 5 kg from TANK into lot BUTTER-5 2 kg to DOCK                          -> run 3
  never receipt 1                                                                         -> refused reversal_blocked blocking "run 2"
  backward lot BUTTER-3                                                                   -> Hill Farm 30 kg CREAM-07 possible, Lake Farm 60 kg CREAM-08 possible
  backward lot BUTTER-5                                                                   -> Hill Farm 5 kg CREAM-09
  forward lot CREAM-08                                                                    -> on hand 4 kg BUTTER-3 possible, on hand 32 kg BUTTER-4 possible
  on hand                                                                                 -> 4 kg BUTTER-3 at DOCK, 32 kg BUTTER-4 at DOCK, 2 kg BUTTER-5 at DOCK
`)

story('a plate moves as a whole and is in one place', scene, `
  product MILK each by lot
  product BIKE each by serial
  supplier Hill Farm
  customer Corner Shop
  place DOCK
  place SHELF
  plate PAL-1
  plate PAL-2
  receive lot MILK-1 100 each and serials BIKE-1..BIKE-2 from Hill Farm      -> receipt 1
  pack lot MILK-1 60 each and serial BIKE-1 onto PAL-1                       -> packing 1
  pack lot MILK-1 60 each onto PAL-1                                         -> refused stock_insufficient available 40
  pack lot MILK-1 10 each onto PAL-9                                         -> refused plate_unknown
  move plate PAL-1 to SHELF                                                  -> move 1
  where is BIKE-1                                                            -> SHELF
  pack lot MILK-1 1 each onto PAL-1                                          -> refused plate_elsewhere
  move lot MILK-1 10 each plate PAL-1 from SHELF to SHELF onto PAL-2         -> move 2
  unpack lot MILK-1 5 each off PAL-2 at SHELF                                -> unpacking 1
  ship plate PAL-1 to Corner Shop                                            -> shipment 1
  ship plate PAL-1 to Corner Shop                                            -> refused plate_empty
  unpack off PAL-2                                                           -> unpacking 2
  where is BIKE-1                                                            -> with Corner Shop
  undo shipment 1                                                            -> ok
  on hand                                                                    -> 1 each BIKE at DOCK, 1 each BIKE at SHELF on PAL-1, 40 each MILK-1 at DOCK, 10 each MILK-1 at SHELF, 50 each MILK-1 at SHELF on PAL-1
`)

story('goods on consignment are the supplier\'s until they are sold to us', scene, `
  product YARN kg by lot
  supplier Spinner
  supplier Dyer
  customer Knitter
  place SHELF
  receive lot YARN-1 20 kg owner Spinner from Spinner                                  -> receipt 1
  receive lot YARN-2 5 kg from Spinner                                                 -> receipt 2
  ship lot YARN-1 3 kg to Knitter                                                      -> refused stock_insufficient available 0
  hand-over lot YARN-1 8 kg owner Spinner new-owner ours because "used this month"     -> handover 1
  ship lot YARN-1 3 kg to Knitter                                                      -> shipment 1
  hand-over lot YARN-1 13 kg owner Spinner new-owner ours because "used this month"    -> refused stock_insufficient available 12
  hand-over lot YARN-2 1 kg new-owner Dyer because "swap"                              -> handover 2
  undo handover 1                                                                      -> refused reversal_blocked blocking "shipment 1"
  never shipment 1                                                                     -> ok
  undo handover 1                                                                      -> ok
  on hand                                                                              -> 20 kg YARN-1 at SHELF of Spinner, 4 kg YARN-2 at SHELF, 1 kg YARN-2 at SHELF of Dyer
`)

story('goods are here although the book denies it', scene, `
  product CREAM  kg by lot
  product BIKE each by serial
  supplier Hill Farm
  customer Corner Shop
  place DOCK
  place SHELF
  receive lot CREAM-07 4 kg and serials BIKE-1..BIKE-2 from Hill Farm      -> receipt 1
  ship lot CREAM-07 5 kg to Corner Shop                                    -> refused stock_insufficient
  ship lot CREAM-07 5 kg to Corner Shop here                               -> shipment 1 telling
  move serial BIKE-1 to SHELF                                              -> move 1
  ship serial BIKE-1 from DOCK to Corner Shop here                         -> shipment 2 telling
  ship serial BIKE-1 from DOCK to Corner Shop here                         -> refused unit_elsewhere
  move serial BIKE-2 from SHELF to DOCK                                    -> refused unit_elsewhere
  ship serial BIKE-2 from SHELF to Corner Shop here                        -> shipment 3 telling
  undo shipment 3                                                          -> ok
  on hand                                                                  -> 1 each BIKE at SHELF
`)

story('opening stock, counting and losing', scene, `
  product SALT kg by lot
  product SCREW each by nothing
  customer Corner Shop
  place STORE
  open lot SALT-0 12.5 kg and goods SCREW 1000 each                -> adjustment 1
  adjust lot SALT-0 0.25 kg down because "spilled"                 -> adjustment 2
  adjust lot SALT-0 13 kg down because "stolen"                    -> refused stock_insufficient available 12.25
  adjust goods SCREW 3 each up because "counted"                   -> adjustment 3
  sample lot SALT-0 0.05 kg because "taste"                        -> sample 1
  adjust goods SCREW 1.5 each up because "counted"                 -> refused quantity_not_exact
  undo adjustment 3                                                -> ok
  undo adjustment 3                                                -> refused reversed_already
  on hand                                                          -> 12.2 kg SALT-0 at STORE, 1000 each SCREW at STORE
`)

story('a box by its barcode is what is in it; a pound is exactly a pound', scene, `
  product MILK each by lot
  product SALT kg by lot scale 9
  supplier Hill Farm
  place DOCK
  barcode 14012345000013 of MILK 12
  unit SALT lb is 0.45359237
  unit SALT third is 1 / 3
  receive case 14012345000013 3 lot MILK-1 from Hill Farm      -> receipt 1
  receive lot SALT-1 2 lb from Hill Farm                       -> receipt 2
  receive lot SALT-1 1 third from Hill Farm                    -> refused quantity_not_exact
  receive lot SALT-1 3 third from Hill Farm                    -> receipt 3
  receive lot SALT-1 1 stone from Hill Farm                    -> refused uom_not_of_product
  on hand                                                      -> 36 each MILK-1 at DOCK, 1.90718474 kg SALT-1 at DOCK
`)

import { afterAll, beforeAll } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'
import { createStoryClock, story } from './run-story.ts'

const clock = createStoryClock()
let app: TestApp
beforeAll(async () => { clock.now = Date.parse('2026-01-01T00:00:00Z'); app = await createTestApp({ clock: clock.read }) })
afterAll(() => app.close())
const scene = () => ({ app, clock })


story('a serial is one thing in one place, whatever happened to it', scene, `
  product BIKE each by serial
  supplier Frame Works
  customer Corner Shop
  customer Anna
  place DOCK
  place SHELF
  receive serials BIKE-1..BIKE-4 from Frame Works          -> receipt 1
  receive serial BIKE-2 from Frame Works                   -> refused unit_already_in_stock
  move serials BIKE-1, BIKE-2 to SHELF                     -> move 1
  ship serial BIKE-1 to Anna                               -> refused unit_elsewhere place SHELF
  ship serials BIKE-1, BIKE-1 from SHELF to Anna           -> refused unit_twice
  ship serial BIKE-1 from SHELF to Anna                    -> shipment 1
  where is BIKE-1                                          -> with Anna
  ship serial BIKE-1 from SHELF to Corner Shop             -> refused unit_elsewhere place Anna
  receive serial BIKE-1 from Frame Works                   -> refused unit_with_customer
  return serial BIKE-1 from Corner Shop                    -> refused unit_with_customer place Anna
  return serial BIKE-1 from Anna at SHELF                  -> return 1
  where is BIKE-1                                          -> SHELF
  destroy serial BIKE-3 because "bent frame"               -> destruction 1
  ship serial BIKE-3 to Anna                               -> refused unit_elsewhere
  ship serial BIKE-9 to Anna                               -> refused unit_unknown
  ship goods BIKE 1 each to Anna                           -> refused units_missing
  on hand                                                  -> 1 each BIKE at DOCK, 2 each BIKE at SHELF
`)

story('a bicycle is put together from a frame and a motor, taken apart, and mended', scene, `
  product BIKE each by serial
  product MOTOR each by serial
  product FRAME each by lot
  supplier Frame Works
  customer Anna
  place SHOP
  receive serials MOTOR-1..MOTOR-2 and lot FRAME-A 5 each from Frame Works  -> receipt 1
  make serial MOTOR-1 and lot FRAME-A 1 each into serial BIKE-1             -> run 1
  make serial MOTOR-1 and lot FRAME-A 1 each into serial BIKE-2             -> refused unit_elsewhere
  backward unit BIKE-1                                                      -> Frame Works 1 each MOTOR-1, Frame Works 5 each FRAME-A
  rework serial BIKE-1 into serial BIKE-1                                   -> run 2
  disassemble serial BIKE-1 into serial MOTOR-1 and lot FRAME-A 1 each issuer Frame Works  -> run 3
  where is BIKE-1                                                           -> process
  where is MOTOR-1                                                          -> SHOP
  rework serial MOTOR-2 into serial MOTOR-2                                 -> run 4
  ship serials MOTOR-1, MOTOR-2 to Anna                                     -> shipment 1
  undo shipment 1                                                           -> ok
  on hand                                                                   -> 2 each MOTOR at SHOP, 5 each FRAME-A at SHOP
`)

story('a roll is cut: its pieces come from it and nothing is lost', scene, `
  product ROLL m by lot and piece
  supplier Weaver
  customer Tailor
  place RACK
  receive lot DYE-4 of ROLL pieces R-1 40 m, R-2 38.5 m from Weaver             -> receipt 1
  ship piece R-1 12 m of ROLL to Tailor                                         -> refused piece_must_be_cut measure 40
  cut piece R-1 12 m of ROLL into lot DYE-4 of ROLL piece R-1a 11 m             -> refused run_not_conserved
  cut piece R-1 12 m of ROLL into lot DYE-4 of ROLL piece R-1a 12 m             -> run 1
  where is R-1                                                                  -> RACK 28 m
  cut piece R-1 29 m of ROLL into lot DYE-4 of ROLL piece R-1b 29 m             -> refused piece_too_short measure 28
  ship piece R-1a of ROLL to Tailor                                             -> shipment 1
  return piece R-1a 12 m of ROLL from Tailor                                    -> return 1
  ship piece R-1a of ROLL to Tailor                                             -> shipment 2
  adjust piece R-2 0.5 m of ROLL down because "frayed end"                      -> adjustment 1
  where is R-2                                                                  -> RACK 38 m
  never run 1                                                                   -> refused reversal_blocked
  on hand                                                                       -> 66 m DYE-4 at RACK
`)

story('a piece that is cut off is of the lot of its roll', scene, `
  product ROLL m by lot and piece
  supplier Weaver
  place RACK
  receive lot DYE-4 of ROLL piece R-1 40 m from Weaver                          -> receipt 1
  cut piece R-1 12 m of ROLL into lot DYE-4 of ROLL piece R-1a 12 m             -> run 1
  cut piece R-1a 12 m of ROLL into lot DYE-4 of ROLL pieces R-1b 7 m, R-1c 5 m  -> run 2
  on hand                                                                       -> 40 m DYE-4 at RACK
`)

story('a roll that was used since cannot be taken back as it came', scene, `
  product ROLL m by lot and piece
  supplier Weaver
  place RACK
  receive lot DYE-4 of ROLL piece R-1 40 m from Weaver                          -> receipt 1
  receive lot DYE-4 of ROLL piece R-2 40 m from Weaver                          -> receipt 2
  adjust piece R-1 0.5 m of ROLL down because "frayed end"                      -> adjustment 1
  undo receipt 1                                                                -> refused reversal_blocked blocking "adjustment 1"
  undo adjustment 1                                                             -> ok
  undo receipt 1                                                                -> ok
  on hand                                                                       -> 40 m DYE-4 at RACK
`)

story('a cheese wheel is a piece with its own weight, made and sold whole', scene, `
  product MILK  kg by lot
  product WHEEL kg by lot and piece
  supplier Hill Farm
  customer Corner Shop
  place CELLAR
  receive lot MILK-1 100 kg from Hill Farm                                      -> receipt 1
  make lot MILK-1 100 kg into lot W-1 of WHEEL pieces W-1-1 5.2 kg, W-1-2 4.9 kg  -> run 1
  ship piece W-1-1 of WHEEL to Corner Shop                                      -> shipment 1
  forward lot MILK-1                                                            -> Corner Shop 5.2 kg W-1-1 at most, on hand 4.9 kg W-1-2 at most
  ship piece W-1-2 9 kg of WHEEL to Corner Shop                                 -> refused piece_too_short
  undo run 1                                                                    -> refused reversal_blocked
  on hand                                                                       -> 4.9 kg W-1 at CELLAR
`)

story('hams are counted and weighed; what leaves is weighed again', scene, `
  product HAM each by lot weighed kg
  supplier Hill Farm
  customer Corner Shop
  place COLD
  receive lot HAM-1 10 each weighing 81.3 kg from Hill Farm   -> receipt 1
  ship lot HAM-1 2 each to Corner Shop                        -> refused second_quantity_missing
  ship lot HAM-1 2 each weighing 90 kg to Corner Shop         -> refused second_quantity_insufficient onHand 81.3
  ship lot HAM-1 2 each weighing 16.45 kg to Corner Shop      -> shipment 1
  on hand HAM-1                                               -> 8 each HAM-1 at COLD weighing 64.85 kg
  never shipment 1                                            -> ok
  ship lot HAM-1 10 each to Corner Shop                       -> shipment 2
  undo shipment 2                                             -> ok
  on hand                                                     -> 10 each HAM-1 at COLD weighing 81.3 kg
`)

story('a receipt that was not weighed is undone without weighing', scene, `
  product HAM each by lot weighed kg
  supplier Hill Farm
  place COLD
  receive lot HAM-1 5 each from Hill Farm                     -> receipt 1
  receive lot HAM-1 5 each weighing 40 kg from Hill Farm      -> receipt 2
  never receipt 1                                             -> ok
  undo receipt 2                                              -> ok
  on hand                                                     -> nothing
`)

story('a tracking policy changes: what was there may leave as it came, what comes is tracked', scene, `
  product PUMP each by nothing
  supplier Maker
  customer Anna
  place DOCK
  receive goods PUMP 5 each from Maker             -> receipt 1
  track PUMP by serial                             -> ok
  receive goods PUMP 5 each from Maker             -> refused units_missing
  receive serials PUMP-1..PUMP-2 from Maker        -> receipt 2
  ship goods PUMP 6 each to Anna                   -> refused units_missing
  ship goods PUMP 3 each to Anna                   -> shipment 1
  ship serial PUMP-1 to Anna                       -> shipment 2
  ship goods PUMP 3 each to Anna                   -> refused units_missing
  track PUMP by lot                                -> ok
  receive goods PUMP 1 each from Maker             -> refused lot_missing
  receive lot PUMP-L1 4 each from Maker            -> receipt 3
  on hand                                          -> 3 each PUMP at DOCK, 4 each PUMP-L1 at DOCK
`)

import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'

/** What the API's words are called on the screen. A word without a name of its own is shown as it is, with its underscores apart. */
export function namer(words: Readonly<Record<string, MessageDescriptor>>): (word: string) => string {
  return (word) => {
    const named = words[word]
    return named === undefined ? word.replaceAll('_', ' ') : i18n._(named)
  }
}

/** Kinds of movement and of runs, as what was done. */
export const kindName = namer({
  receive: msg`Receipt`, move: msg`Move`, adjust: msg`Adjustment`, transform: msg`Run`, ship: msg`Shipment`, return: msg`Return`, change_owner: msg`Change of owner`, pack: msg`Packing`, unpack: msg`Unpacking`,
  sample: msg`Sample`, destroy: msg`Destruction`, reverse: msg`Reversal`,
  production: msg`Production`, repack: msg`Repacking`, split: msg`Split`, merge: msg`Merge`, cut: msg`Cut`, rework: msg`Rework`, disassembly: msg`Disassembly`, mixing: msg`Mixing`,
})

export const placeKindName = namer({
  facility: msg`Facility`, zone: msg`Zone`, storage: msg`Storage`, staging: msg`Staging`, tank: msg`Tank`, quarantine: msg`Quarantine`, production: msg`Production`, repair: msg`Repair`, in_transit: msg`In transit`,
  ship_to: msg`Ship-to`, supplier: msg`Supplier`, loss: msg`Loss`, count: msg`Counting`, process: msg`Run`, sampled: msg`Sampled`, destroyed: msg`Destroyed`,
})

export const partyRoleName = namer({ supplier: msg`Supplier`, customer: msg`Customer`, maker: msg`Maker`, carrier: msg`Carrier`, own: msg`Ourselves`, unknown: msg`Unknown` })

export const trackingName = namer({ none: msg`Not tracked`, lot: msg`By lot`, serial: msg`By serial`, lot_and_serial: msg`By lot and serial` })

export const dateKindName = namer({ none: msg`No date`, best_by: msg`Best by`, sell_by: msg`Sell by`, use_by: msg`Use by`, expiry: msg`Expires` })

/** What is handled: the answers of set-up. */
export const tradeName = namer({
  food: msg`Food and drink`, yarn: msg`Yarn and fabric`, fireworks: msg`Fireworks`, medical: msg`Medical devices and pharma`, chemicals: msg`Chemicals`, automotive: msg`Automotive`,
  electronics: msg`Electronics and appliances`, children: msg`Children's products`, other: msg`Something else`,
})

/** Where some of a lot is. */
export const whereName = namer({
  here: msg`Here`, in_transit: msg`In transit`, used: msg`Used`, shipped: msg`Shipped`, sent_back: msg`Sent back`, sampled: msg`Sampled`, destroyed: msg`Destroyed`, counted_away: msg`Counted away`, lost: msg`Lost`,
})
/** What somebody should look at. */
export const exceptionName = namer({
  held_since: msg`Used before it was held`, found_here: msg`It was here after all`, invariant_broken: msg`A law of the ledger is broken`,
})

export const holdSubjectName = namer({ lot: msg`Lot`, unit: msg`Unit`, plate: msg`Plate`, place: msg`Place`, family: msg`Family` })
/** What an audit row is about. */
export const subjectName = namer({
  lot: msg`Lot`, unit: msg`Unit`, plate: msg`Plate`, place: msg`Place`, family: msg`Family`, product: msg`Product`, party: msg`Party`, movement: msg`Movement`, hold: msg`Hold`, exception: msg`Exception`, organization: msg`Organisation`, membership: msg`Person`, role: msg`Role`, api_key: msg`API key`, view: msg`View`,
})

/** Papers that movements are found by. */
export const paperName = namer({
  purchase_order: msg`Purchase order`, sales_order: msg`Sales order`, delivery_note: msg`Delivery note`, invoice: msg`Invoice`, transfer_order: msg`Transfer order`, tracking_number: msg`Tracking number`, return_order: msg`Return order`, complaint: msg`Complaint`,
  production_order: msg`Production order`, batch_record: msg`Batch record`, count_sheet: msg`Count sheet`, laboratory_order: msg`Laboratory order`, disposal_note: msg`Disposal note`, contract: msg`Contract`, other: msg`Other paper`,
})

/** The columns of our own files; by these exact headers an upload is recognised as one of them. */
export const stockColumns = [
  'product', 'name', 'tracking', 'lot', 'issuer', 'family', 'serial', 'made_on', 'best_by', 'sell_by', 'use_by', 'expires_on', 'facility', 'place', 'plate', 'owner', 'quantity', 'uom', 'second_quantity', 'second_uom', 'scale', 'date_kind', 'measured',
] as const
export const productColumns = ['product', 'name', 'tracking', 'uom', 'scale', 'second_uom', 'measured', 'date_kind', 'gtin'] as const
export const lotColumns = ['product', 'name', 'tracking', 'uom', 'scale', 'date_kind', 'lot', 'issuer', 'family', 'made_on', 'best_by', 'sell_by', 'use_by', 'expires_on'] as const
export const movementColumns = [
  'movement_id', 'line', 'kind', 'occurred_at', 'recorded_at', 'business_date', 'reason', 'product', 'name', 'lot', 'quantity', 'uom', 'second_quantity', 'from_place', 'from_facility', 'to_place', 'to_facility', 'from_owner', 'to_owner',
  'from_plate', 'to_plate', 'units', 'unit_cost', 'cost_currency', 'run_id', 'reverses', 'reversal', 'actor', 'references', 'note',
] as const

export const exportHeaders: ReadonlySet<string> = new Set([stockColumns, productColumns, lotColumns].map((columns) => columns.join(',')))

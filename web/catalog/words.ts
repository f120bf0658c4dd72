import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'

const schemes: Readonly<Record<string, MessageDescriptor>> = { gtin: msg`GTIN`, barcode: msg`Barcode`, supplier: msg`Supplier's code`, customer: msg`Customer's code`, maker: msg`Maker's code`, old: msg`Old SKU` }

/** What kind of code it is. */
export function schemeName(scheme: string): string {
  const named = schemes[scheme]
  return named === undefined ? scheme : i18n._(named)
}

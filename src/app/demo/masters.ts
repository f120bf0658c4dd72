import type { z } from 'zod'
import * as catalog from '#src/catalog/contract.ts'
import { checkDigit } from '#src/gs1/keys.ts'
import * as network from '#src/network/contract.ts'
import type { Story } from './story.ts'

type ProductBody = z.input<typeof catalog.newProduct>
type PartyBody = z.input<typeof network.newParty>

export interface Masters {
  readonly facility: { readonly code: string; readonly name: string; readonly timeZone: string }
  /** code: kind and name */
  readonly places: { readonly [code: string]: readonly [kind: (typeof network.madePlaceKinds)[number], name: string] }
  readonly uoms?: { readonly [uom: string]: string }
  readonly products: readonly ProductBody[]
  /** A GTIN of a package, by SKU: how many base units are in it, and what it is called. */
  readonly gtins?: readonly { readonly sku: string; readonly gtin: string; readonly packQuantity: string; readonly level: string; readonly uom?: string }[]
  readonly parties: readonly (PartyBody & { readonly code: string })[]
}

export interface MastersMade {
  product(sku: string): string
  party(code: string): string
  place(code: string): string
}

/** Enters a company's products, places and parties through the API; gives their ids by code. */
export async function enterMasters(story: Story, masters: Masters): Promise<MastersMade> {
  const ids = new Map<string, string>()
  const { placeId: parentId } = await story.ask(network.createPlace, { body: { kind: 'facility', ...masters.facility } })
  ids.set(`place ${masters.facility.code}`, parentId)
  for (const [code, [kind, name]] of Object.entries(masters.places)) {
    ids.set(`place ${code}`, (await story.ask(network.createPlace, { body: { code, kind, name, parentId, commingled: kind === 'tank' } })).placeId)
  }
  for (const party of masters.parties) ids.set(`party ${party.code}`, (await story.ask(network.createParty, { body: party })).partyId)
  for (const [uom, name] of Object.entries(masters.uoms ?? {})) await story.ask(catalog.createUom, { body: { uom, name } })
  const { verdicts } = await story.ask(catalog.createProducts, { body: { atomic: true, products: [...masters.products] } })
  masters.products.forEach(({ sku }, at) => ids.set(`product ${sku}`, String(verdicts[at]?.productId)))
  const id = (name: string): string => {
    const found = ids.get(name)
    if (found === undefined) throw new Error(`the script names the ${name}, which it did not make`)
    return found
  }
  for (const { sku, gtin, ...rest } of masters.gtins ?? []) await story.ask(catalog.addAlias, { params: { productId: id(`product ${sku}`) }, body: { scheme: 'gtin', code: gtin, ...rest } })
  return { product: (sku) => id(`product ${sku}`), party: (code) => id(`party ${code}`), place: (code) => id(`place ${code}`) }
}

/** A GTIN-13 of a company prefix (9 digits) and a number. */
export function gtin13(prefix: string, number: number): string {
  const body = `${prefix}${String(number).padStart(12 - prefix.length, '0')}`
  return body + checkDigit(body)
}

import type { PartyId, PlaceId, PlateId, ProductId } from '#src/lib/id.ts'
import type { TestApp } from './app.ts'

export interface ProductScene {
  readonly uom?: string
  readonly scale?: number
  readonly tracking?: 'none' | 'lot' | 'serial' | 'lot_and_serial'
  readonly measured?: boolean
  readonly secondUom?: string
  readonly dateKind?: 'none' | 'best_by' | 'sell_by' | 'use_by' | 'expiry'
  readonly blocksAfterDate?: boolean
}

/** Sets the scene of a test through the API: products, parties, places of one facility, plates and case codes. */
export interface Masters {
  product(sku: string, scene?: ProductScene): Promise<ProductId>
  party(name: string, roles?: readonly string[]): Promise<PartyId>
  /** A place in the scene's facility, MAIN; a tank mixes what is put in. */
  place(code: string, kind?: string): Promise<PlaceId>
  plate(code: string): Promise<PlateId>
  /** 1 `uom` of the product is numerator / denominator of its base unit. */
  conversion(productId: ProductId, uom: string, numerator: string, denominator?: string): Promise<void>
  /** A GTIN of a package of so many base units. */
  gtin(productId: ProductId, gtin: string, packQuantity: string): Promise<void>
}

export function mastersOf(api: TestApp['api']): Masters {
  const done = async (method: 'POST' | 'PUT', path: string, body: object): Promise<Record<string, string>> => {
    const answer = await api(method, path, body)
    if (answer.status !== 200) throw new Error(`setting the scene, ${method} ${path}: ${JSON.stringify(answer.body)}`)
    return answer.body as Record<string, string>
  }
  let facility: Promise<string> | undefined
  const inFacility = (): Promise<string> => (facility ??= done('POST', '/places', { code: 'MAIN', kind: 'facility' }).then((made) => made['placeId'] as string))
  return {
    product: async (sku, scene = {}) => {
      const { uom = 'each', secondUom, ...rest } = scene
      return (await done('POST', '/products', { sku, name: sku, baseUom: uom, dateKind: 'use_by', ...rest, ...(secondUom === undefined ? {} : { secondUom }) }))['productId'] as ProductId
    },
    party: async (name, roles = ['supplier', 'customer']) => (await done('POST', '/parties', { name, roles }))['partyId'] as PartyId,
    place: async (code, kind = 'storage') => (await done('POST', '/places', { code, kind, parentId: await inFacility() }))['placeId'] as PlaceId,
    plate: async (code) => (await done('POST', '/plates', { code }))['plateId'] as PlateId,
    conversion: async (productId, uom, numerator, denominator = '1') => {
      await api('POST', '/uoms', { uom, name: uom }) // refused where it is known already
      await done('PUT', `/products/${productId}/uoms/${uom}`, { numerator, denominator })
    },
    gtin: async (productId, gtin, packQuantity) => void (await done('POST', `/products/${productId}/aliases`, { scheme: 'gtin', code: gtin, packQuantity })),
  }
}

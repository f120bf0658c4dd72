import type { CommandScope } from '#src/audit/command.ts'
import { insertProducts } from '#src/catalog/create-products.ts'
import { setTracking } from '#src/catalog/set-tracking.ts'
import { isRefusal, RefusalError } from '#src/lib/refusal.ts'
import { insertBins, insertParties } from '#src/network/create-many.ts'
import { insertPlace } from '#src/network/places.ts'
import { insertPlates } from '#src/serials/insert-plates.ts'
import { loadFacts, type Mentioned } from './facts.ts'
import type { Needed } from './judge.ts'
import type { Plan } from './record.ts'
import { noteMade } from './post-rows.ts'

const nothing: Mentioned = { product: '', facility: null, place: null, owner: null, issuer: null, plate: null, lot: null, serial: null }

/** Makes the facilities, places, parties, plates and products that the good rows need and that are not there. */
export async function makeMasters(scope: CommandScope, importId: string, needed: Needed): Promise<{ made: number }> {
  const made: { kind: string; id: string }[] = []
  const noting: CommandScope = { ...scope, changed: (change) => {
    if (change.before === null) made.push({ kind: change.subject, id: change.subjectId })
    scope.changed(change)
  } }
  for (const code of needed.facilities) await insertPlace(noting, { kind: 'facility', code })
  if (needed.places.length > 0) {
    const { facilities } = await loadFacts(scope.tx, scope.organizationId, [...new Set(needed.places.map(({ facility }) => facility))].map((facility) => ({ ...nothing, facility })))
    await insertBins(noting, needed.places.flatMap(({ facility, code }) => {
      const facilityId = facilities.get(facility)
      return facilityId === undefined ? [] : [{ facilityId, code }]
    }))
  }
  await insertParties(noting, needed.parties)
  await insertPlates(noting, needed.plates)
  for (let at = 0; at < needed.products.length; at += 5000) {
    const verdicts = await insertProducts(noting, needed.products.slice(at, at + 5000))
    const refused = verdicts.find(isRefusal)
    // somebody made the product since we looked: then it is there, which is all that is needed
    if (refused && refused.refused !== 'sku_taken') throw new RefusalError(refused)
  }
  await noteMade(scope, importId, made)
  return { made: made.length }
}

/** Tracks products from here on as the rows that follow need it. */
export async function trackProducts(scope: CommandScope, changes: Plan['last']): Promise<{ products: number }> {
  if (changes.length === 0) return { products: 0 }
  const asked = changes.map(({ product }) => ({ ...nothing, product }))
  const { products } = await loadFacts(scope.tx, scope.organizationId, asked)
  await setTracking(scope, changes.flatMap(({ product, tracking }) => (products.get(product) ?? []).map((one) => ({ productId: one.product.id, tracking }))))
  return { products: changes.length }
}

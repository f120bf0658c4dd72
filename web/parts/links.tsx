import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { Code } from './code.tsx'

/** A lot by its code, leading to its page; goods without a lot say so. */
export function LotLink({ lotId, lot }: { readonly lotId: string; readonly lot: string | null }) {
  const { t } = useLingui()
  return lot === null ? <span className="dim">{t`no lot`}</span> : <Link to="/lots/$lotId" params={{ lotId }}><Code value={lot} plain /></Link>
}

export function ProductLink({ productId, product }: { readonly productId: string; readonly product: string }) {
  return <Link to="/products/$productId" params={{ productId }}>{product}</Link>
}

export function UnitLink({ unitId, serial }: { readonly unitId: string; readonly serial: string }) {
  return <Link to="/units/$unitId" params={{ unitId }}><Code value={serial} plain /></Link>
}

export function PlaceLink({ placeId, place }: { readonly placeId: string; readonly place: string }) {
  return <Link to="/places/$placeId" params={{ placeId }}><Code value={place} plain /></Link>
}

/** One side of a movement: a place of ours by its code, somebody else's by the name of the party, the rest by its word. */
export function Spot({ spot }: { readonly spot: { readonly placeId: string; readonly place: string; readonly kind: string; readonly partyId: string | null; readonly party: string | null } }) {
  const { t } = useLingui()
  if (spot.partyId !== null && spot.party !== null) return <Link to="/parties/$partyId" params={{ partyId: spot.partyId }}>{spot.party}</Link>
  const outside = { count: t`Counting`, loss: t`Loss`, process: t`Run`, sampled: t`Sampled`, destroyed: t`Destroyed` }[spot.kind]
  return outside === undefined ? <PlaceLink placeId={spot.placeId} place={spot.place} /> : <span>{outside}</span>
}

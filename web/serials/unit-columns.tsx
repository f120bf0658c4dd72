import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import type { ItemOf } from '../api.ts'
import { Code } from '../parts/code.tsx'
import { LotLink, PlaceLink, ProductLink } from '../parts/links.tsx'
import type { Column } from '../parts/table.tsx'
import { Tone } from '../parts/tone.tsx'

type Unit = ItemOf<'/units'>

/** The columns of a list of units, wherever it stands. */
export function useUnitColumns(): readonly Column<Unit>[] {
  const { t } = useLingui()
  return [
    { id: 'serial', title: t`Serial`, width: 'minmax(150px, 1fr)', phone: 'title', sort: 'serial', text: ({ serial }) => serial, cell: ({ unitId, serial }) => <Link to="/units/$unitId" params={{ unitId }}><Code value={serial} plain /></Link> },
    { id: 'product', title: t`Product`, width: 'minmax(160px, 1.4fr)', text: ({ product }) => product.name, cell: ({ product }) => <ProductLink productId={product.productId} product={product.name} /> },
    { id: 'lot', title: t`Lot`, text: ({ lot }) => lot.code, cell: ({ lot }) => lot.code !== null && <LotLink lotId={lot.lotId} lot={lot.code} /> },
    { id: 'place', title: t`Where`, phone: 'side', text: ({ place }) => place?.code, cell: (unit) => <UnitPlace unit={unit} /> },
    { id: 'measure', title: t`Measure`, width: '90px', number: true, optional: true, text: ({ measure }) => measure, cell: ({ measure }) => measure },
  ]
}

export function UnitPlace({ unit: { place } }: { readonly unit: Pick<Unit, 'place'> }) {
  const { t } = useLingui()
  if (place === null) return <span className="dim">{t`not seen yet`}</span>
  return place.internal ? <PlaceLink placeId={place.placeId} place={place.code} /> : <Tone tone="quiet">{place.code}</Tone>
}

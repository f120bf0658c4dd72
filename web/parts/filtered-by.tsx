import { useLingui } from '@lingui/react/macro'
import { Pill } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { get } from '../queries.ts'
import { useFilters } from '../search.ts'

/** The records a list is narrowed to by the address (`?product=`, `?place=` ...), each with its name, to be taken away. */
export function FilteredBy({ product, family, place, lot, unit, party }: { readonly product?: string | undefined; readonly family?: string | undefined; readonly place?: string | undefined; readonly lot?: string | undefined; readonly unit?: string | undefined; readonly party?: string | undefined }) {
  return (
    <>
      {product !== undefined && <ByProduct id={product} />}
      {family !== undefined && <ByFamily id={family} />}
      {place !== undefined && <ByPlace id={place} />}
      {lot !== undefined && <ByLot id={lot} />}
      {unit !== undefined && <ByUnit id={unit} />}
      {party !== undefined && <ByParty id={party} />}
    </>
  )
}

function ByProduct({ id }: { readonly id: string }) {
  const { data } = useQuery(get('/products/:productId', { params: { productId: id } }))
  return <By name="product" text={data?.name} />
}

function ByFamily({ id }: { readonly id: string }) {
  const { data } = useQuery(get('/lot-families/:familyId', { params: { familyId: id } }))
  return <By name="family" text={data?.code} />
}

function ByPlace({ id }: { readonly id: string }) {
  const { data } = useQuery(get('/places/:placeId', { params: { placeId: id } }))
  return <By name="place" text={data?.code} />
}

function ByLot({ id }: { readonly id: string }) {
  const { data } = useQuery(get('/lots/:lotId', { params: { lotId: id } }))
  return <By name="lot" text={data?.code ?? undefined} />
}

function ByUnit({ id }: { readonly id: string }) {
  const { data } = useQuery(get('/units/:unitId', { params: { unitId: id } }))
  return <By name="unit" text={data?.serial} />
}

function ByParty({ id }: { readonly id: string }) {
  const { data } = useQuery(get('/parties/:partyId', { params: { partyId: id } }))
  return <By name="party" text={data?.name} />
}

function By({ name, text }: { readonly name: string; readonly text: string | undefined }) {
  const { t } = useLingui()
  const { setSearch } = useFilters()
  return <Pill size="lg" withRemoveButton onRemove={() => setSearch({ [name]: undefined })} removeButtonProps={{ 'aria-label': t`Not only ${text ?? ''}`, tabIndex: 0, 'aria-hidden': false }}>{text ?? '…'}</Pill>
}

import { useLingui } from '@lingui/react/macro'
import { ActionIcon, Button } from '@mantine/core'
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, type ReactNode } from 'react'
import type { ReadOutput } from '../api.ts'
import { Code } from '../parts/code.tsx'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { useDone } from '../parts/done.tsx'
import { sayQuantity } from '../parts/format.ts'
import { Section } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { givenReason } from '../parts/reason-field.tsx'
import { get, useCommand } from '../queries.ts'
import { useFilters } from '../search.ts'
import { useMay } from '../session/me.ts'
import classes from './product.module.css'
import { schemeName } from './words.ts'

const AddCode = lazy(() => import('./add-code.tsx'))
const EditConversion = lazy(() => import('./edit-conversion.tsx'))

type Product = ReadOutput<'/products/:productId'>

/** The codes that lead to a product, and what it is counted in besides its own unit of measure. */
export default function ProductCodes({ product }: { readonly product: Product }) {
  const { t } = useLingui()
  const may = useMay()
  const { search: { edit }, setSearch } = useFilters()
  const { productId, baseUom, uoms, aliases } = product
  const mayChange = may('catalog.write') && product.mergedInto === null
  const [what, which] = edit?.split(':') ?? []
  const open = (name: string): void => setSearch({ edit: name })
  const close = (): void => setSearch({ edit: undefined })
  const parties = usePartyNames(aliases.flatMap(({ partyId }) => partyId ?? []))
  const conversion = uoms.find(({ uom }) => uom === which)
  const alias = aliases.find(({ aliasId }) => aliasId === which)
  return (
    <div className={classes['codeSections']}>
      <Section title={t`Codes`} aside={mayChange && <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => open('code')}>{t`Add a code`}</Button>}>
        <Rows label={t`Codes`} empty={t`Only its SKU leads here. With its GTIN a scan of the label does too.`}>
          {aliases.map(({ aliasId, scheme, code, partyId, uom, packQuantity, level }) => (
            <li key={aliasId}>
              <span className={classes['rowMain']}><Code value={code} /> <span className="dim">{schemeName(scheme)}{partyId !== null && parties.has(partyId) && <> · <Link to="/parties/$partyId" params={{ partyId }}>{parties.get(partyId)}</Link></>}</span></span>
              <span className="dim">{level ?? ''}{level !== null && ' · '}{uom === null || uom === baseUom ? (packQuantity === '1' ? '' : `${sayQuantity(packQuantity)} ${baseUom}`) : t`1 ${uom} = ${sayQuantity(packQuantity)} ${baseUom}`}</span>
              {mayChange && <ActionIcon aria-label={t`Take the code ${code} away`} onClick={() => open(`no-code:${aliasId}`)}><IconTrash size={16} aria-hidden /></ActionIcon>}
            </li>
          ))}
        </Rows>
      </Section>
      <Section title={t`Also counted in`} aside={mayChange && <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => open('conversion')}>{t`Add a unit of measure`}</Button>}>
        <Rows label={t`Also counted in`} empty={t`Only in ${baseUom}. With “1 case = 12 ${baseUom}” quantities can be given in cases.`}>
          {uoms.map(({ uom, numerator, denominator }) => (
            <li key={uom}>
              <span className={classes['rowMain']}>{t`1 ${uom} = ${fraction(numerator, denominator)} ${baseUom}`}</span>
              {mayChange && <ActionIcon aria-label={t`Change what 1 ${uom} is`} onClick={() => open(`conversion:${uom}`)}><IconPencil size={16} aria-hidden /></ActionIcon>}
              {mayChange && <ActionIcon aria-label={t`Count no more in ${uom}`} onClick={() => open(`no-conversion:${uom}`)}><IconTrash size={16} aria-hidden /></ActionIcon>}
            </li>
          ))}
        </Rows>
      </Section>
      {mayChange && (
        <Suspense>
          {what === 'code' && <AddCode product={product} onClose={close} />}
          {what === 'no-code' && alias !== undefined && <RemoveCode alias={alias} onClose={close} />}
          {what === 'conversion' && <EditConversion product={product} conversion={conversion ?? null} onClose={close} />}
          {what === 'no-conversion' && conversion !== undefined && <RemoveConversion productId={productId} uom={conversion.uom} onClose={close} />}
        </Suspense>
      )}
    </div>
  )
}

function Rows({ label, empty, children }: { readonly label: string; readonly empty: string; readonly children: readonly ReactNode[] }) {
  return children.length === 0 ? <p className="dim">{empty}</p> : <ul aria-label={label} className={`${parts['card']} ${classes['rows']}`}>{children}</ul>
}

/** `12`, `0.5`, `1 / 3`. */
export function fraction(numerator: string, denominator: string): string {
  return denominator === '1' ? sayQuantity(numerator) : `${sayQuantity(numerator)} / ${sayQuantity(denominator)}`
}

function usePartyNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const may = useMay()
  const found = useQueries({ queries: [...new Set(ids)].map((partyId) => ({ ...get('/parties/:partyId', { params: { partyId } }), enabled: may('network.read') })) })
  return new Map(found.flatMap(({ data }) => (data === undefined ? [] : [[data.partyId, data.name] as const])))
}

function RemoveCode({ alias: { aliasId, code }, onClose }: { readonly alias: Product['aliases'][number]; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const remove = useCommand('POST /aliases/:aliasId/archive')
  return (
    <ConfirmDialog title={t`Take the code ${code} away?`} submit={t`Take it away`} danger problem={remove.error} isPending={remove.isPending} onClose={onClose}
      onConfirm={(reason) => remove.mutate({ params: { aliasId }, body: givenReason(reason) }, {
        onSuccess: () => {
          onClose()
          done(t`${code} leads nowhere now`)
        },
      })}>{t`A scan of it finds nothing from now on, and it is free for another product.`}</ConfirmDialog>
  )
}

function RemoveConversion({ productId, uom, onClose }: { readonly productId: string; readonly uom: string; readonly onClose: () => void }) {
  const { t } = useLingui()
  const done = useDone()
  const remove = useCommand('DELETE /products/:productId/uoms/:uom')
  return (
    <ConfirmDialog title={t`Count no more in ${uom}?`} submit={t`Take it away`} danger reason="none" problem={remove.error} isPending={remove.isPending} onClose={onClose}
      onConfirm={() => remove.mutate({ params: { productId, uom } }, {
        onSuccess: () => {
          onClose()
          done(t`Saved`)
        },
      })}>{t`What was entered in it keeps its quantity.`}</ConfirmDialog>
  )
}

import { useLingui } from '@lingui/react/macro'
import { Button, Loader } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ImportView } from '#src/imports/contract.ts'
import { sayQuantity } from '../parts/format.ts'
import { Section } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { pages } from '../queries.ts'
import classes from './imports.module.css'
import { RecordLink } from './record-link.tsx'
import { keptReason } from './words.ts'

type Kind = keyof ImportView['made']

/** What an import made, kind by kind; each number opens to its records. */
export function Made({ view: { importId, made, status } }: { readonly view: ImportView }) {
  const { t } = useLingui()
  const names: Readonly<Record<Kind, string>> = { movement: t`Movements`, product: t`Products`, lot: t`Lots`, lot_family: t`Families of lots`, place: t`Places`, party: t`Parties`, plate: t`Plates` }
  const kinds = (Object.keys(names) as Kind[]).filter((kind) => made[kind] > 0)
  return (
    <Section title={status === 'undone' ? t`What it had made` : t`What it made`}>
      <div className={`${parts['card']} ${classes['made']}`}>
        {kinds.map((kind) => <Kinds key={kind} importId={importId} kind={kind} name={names[kind]} count={made[kind]} />)}
      </div>
    </Section>
  )
}

function Kinds({ importId, kind, name, count }: { readonly importId: string; readonly kind: Kind; readonly name: string; readonly count: number }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{name} <b>{sayQuantity(String(count))}</b></summary>
      {isOpen && <Records importId={importId} kind={kind} />}
    </details>
  )
}

function Records({ importId, kind }: { readonly importId: string; readonly kind: Kind }) {
  const { t } = useLingui()
  const { data, hasNextPage, fetchNextPage, isFetching } = useInfiniteQuery(pages('/imports/:importId/made', { params: { importId }, query: { kind } }))
  if (data === undefined) return <Loader size="sm" m="sm" />
  return (
    <>
      <ul className={classes['madeList']}>{data.pages.flatMap(({ items }) => items).map(({ id, name, keptBecause }) => <li key={id}><RecordLink kind={kind} id={id} name={name} />{keptBecause !== null && <span className="dim"> {keptReason(keptBecause)}</span>}</li>)}</ul>
      {hasNextPage && <Button variant="subtle" size="xs" loading={isFetching} onClick={() => void fetchNextPage()}>{t`Show more`}</Button>}
    </>
  )
}

import { useLingui } from '@lingui/react/macro'
import { Button, Group, Kbd, Modal, Stack, Text } from '@mantine/core'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { toGtin14 } from '#src/gs1/keys.ts'
import { Problem } from '../api.ts'
import { DateWithDistance } from '../parts/dates.tsx'
import { Facts } from '../parts/page.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { Quantity } from '../parts/quantity.tsx'
import { useMay } from '../session/me.ts'
import { useKeys } from '../shell/keys.ts'
import { kindName, subjectName } from '../words.ts'
import { kindIcons, missingOf, shownScan } from './kinds.ts'
import { linkOf, type Candidate, type Scan } from './resolve.ts'
import type { Unclear } from './scan-anywhere.tsx'
import classes from './scan.module.css'

const NewProductDialog = lazy(() => import('../catalog/new-product-dialog.tsx'))

/** What was scanned and is not one record: which it may be, or that nothing is called so; what the label says, and what to do next. */
export default function ScanDialog({ unclear: { text, scan, problem }, onRetry, onClose, onSearch }: { readonly unclear: Unclear; readonly onRetry: () => void; readonly onClose: () => void; readonly onSearch: (text: string) => void }) {
  const { t } = useLingui()
  const may = useMay()
  const [isNew, setNew] = useState(false)
  const gtin = scan?.read?.gtin ?? toGtin14(text) ?? null
  const isProductKnown = scan?.candidates.some(({ kind, match }) => kind === 'product' || match !== 'prefix') === true
  const missing = scan && missingOf(scan)
  const { title, lead } = useWords(text, scan)
  if (isNew) return <Suspense><NewProductDialog gtin={gtin} onClose={onClose} /></Suspense>
  return (
    <Modal opened onClose={onClose} title={title} size={520} classNames={{ title: classes['title'] ?? '' }} closeButtonProps={{ 'aria-label': t`Close` }} transitionProps={{ duration: 80 }}>
      <Stack gap="md">
        <ProblemAlert problem={problem} {...(problem instanceof Problem && problem.status !== 0 && problem.status < 500 ? {} : { onRetry })} />
        {lead !== null && <Text size="sm">{lead}</Text>}
        {scan !== null && scan.candidates.length > 0 && <Candidates candidates={scan.candidates} onChosen={onClose} />}
        {scan?.read && <LabelFacts read={scan.read} />}
        {(scan?.candidates[0]?.match !== 'exact' || missing !== null) && (
          <Group gap="xs" className={classes['next'] ?? ''}>
            <Button variant="default" leftSection={<IconSearch size={16} aria-hidden />} {...(scan?.candidates.length ? {} : { 'data-autofocus': true })} onClick={() => {
              onClose()
              onSearch(scan?.read?.lot ?? scan?.read?.serial ?? text)
            }}>{t`Search for it`}</Button>
            {scan !== null && gtin !== null && !isProductKnown && may('catalog.write') && <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setNew(true)}>{t`New product with this GTIN`}</Button>}
          </Group>
        )}
        <Text size="xs" c="dimmed">{t`Scan again to look for something else.`}</Text>
      </Stack>
    </Modal>
  )
}

function useWords(text: string, scan: Scan | null): { readonly title: ReactNode; readonly lead: ReactNode } {
  const { t } = useLingui()
  const shown = shownScan(text)
  if (scan === null) return { title: t`Scanned ${shown}`, lead: null }
  const missing = missingOf(scan)
  const [best] = scan.candidates
  if (missing !== null) return { title: { unit: t`The serial ${missing.code} is not known here`, lot: t`The lot ${missing.code} is not known here`, plate: t`The plate ${missing.code} is not known here` }[missing.kind], lead: t`Nothing was created. Of what the label says, this is known:` }
  if (best === undefined) return scan.read === null ? { title: t`Nothing here has the code ${shown}`, lead: t`Nothing was created. It may be misread, or not be known here yet.` } : { title: t`Nothing of this label is known here`, lead: t`Nothing was created. The label itself was read without a fault:` }
  if (best.match === 'prefix' && scan.read !== null && scan.read.otherLots.length > 0) return { title: t`The lot ${scan.read.lot ?? ''} is not known here`, lead: t`Nothing was created. Maybe the scanner left out what separates the lot from what follows it. It could be:` }
  if (best.match !== 'exact') return { title: t`Nothing is called exactly ${shown}`, lead: best.match === 'folded' ? t`Nothing was created. This is called nearly so:` : scan.read === null ? t`Nothing was created. These begin so:` : t`Nothing was created. The product is not known here, but this goes by the same code:` }
  return { title: t`Several go by ${shown}`, lead: t`Which one is it?` }
}

/** Records to choose from: by number, by arrows and Enter, by a tap. */
function Candidates({ candidates, onChosen }: { readonly candidates: readonly Candidate[]; readonly onChosen: () => void }) {
  const { t } = useLingui()
  const list = useRef<HTMLOListElement>(null)
  const linkAt = (at: number): HTMLElement | null => list.current?.querySelectorAll('a')[at] ?? null
  useKeys(Object.fromEntries(candidates.slice(0, 9).map((_, at) => [String(at + 1), () => linkAt(at)?.click()])), { inDialog: true })
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const at = candidates.findIndex((_, index) => linkAt(index) === document.activeElement)
    linkAt((at + step + candidates.length) % candidates.length)?.focus()
  }
  return (
    <ol ref={list} className={classes['candidates']} onKeyDown={onKey} aria-label={t`What it may be`}>
      {candidates.map((candidate, at) => {
        const KindIcon = kindIcons[candidate.kind]
        return (
          <li key={candidate.id}>
            <Link {...linkOf(candidate)} onClick={onChosen} {...(at === 0 ? { 'data-autofocus': true } : {})} className={classes['candidate']}>
              <KindIcon size={18} stroke={1.7} aria-hidden />
              <span className={classes['what']}>
                <span>{candidate.code !== null && <span className="code">{candidate.code}</span>} {titleOf(candidate)}</span>
                <span className="dim">{[subjectName(candidate.kind), candidate.detail?.replaceAll('_', ' ')].filter(Boolean).join(' · ')}</span>
              </span>
              {at < 9 && <Kbd size="xs" aria-hidden>{at + 1}</Kbd>}
            </Link>
          </li>
        )
      })}
    </ol>
  )
}

function titleOf({ kind, title, code }: Candidate): string {
  return kind === 'movement' ? kindName(title) : title === code ? '' : title
}

function LabelFacts({ read }: { readonly read: NonNullable<Scan['read']> }) {
  const { t } = useLingui()
  const code = (name: string, value: string | null): readonly [string, ReactNode] | null => (value === null ? null : [name, <span key={name} className="code">{value}</span>])
  const day = (name: string, value: string | null, alarm = false): readonly [string, ReactNode] | null => (value === null ? null : [name, <DateWithDistance key={name} date={value} alarm={alarm} />])
  return (
    <section aria-label={t`What the label says`} className={classes['label']}>
      <Facts facts={[
        code('GTIN', read.gtin), code('SSCC', read.sscc), code(t`Lot`, read.lot), code(t`Serial`, read.serial), read.count === null ? null : [t`Count`, read.count],
        day(t`Made`, read.madeOn), day(t`Packed`, read.packedOn), day(t`Best by`, read.bestBy, true), day(t`Sell by`, read.sellBy, true), day(t`Use by`, read.useBy, true), day(t`Expires`, read.expiry, true),
        ...read.measures.map(({ ai, name, value, uom }): readonly [string, ReactNode] => [name.charAt(0) + name.slice(1).toLowerCase(), <Quantity key={ai} value={value} uom={uom} />]),
      ]} />
    </section>
  )
}

import { useLingui } from '@lingui/react/macro'
import { Loader, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconRoute, IconScan } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import { EmptyState } from '../parts/empty-state.tsx'
import parts from '../parts/parts.module.css'
import { ProblemAlert } from '../parts/problem.tsx'
import { kindIcons } from '../scan/kinds.ts'
import { resolveScan, scanQuery, type Candidate } from '../scan/resolve.ts'
import { useScan } from '../scan/use-scan.ts'
import { useFilters } from '../search.ts'
import { useKeys } from '../shell/keys.ts'
import { subjectName } from '../words.ts'
import classes from './trace.module.css'

/** Asks which lot or unit: scanned or typed. Nothing is created by it; where several are meant, they are offered. */
export default function AskWhat() {
  const { t } = useLingui()
  const navigate = useNavigate()
  const { search, setSearch } = useFilters()
  const [text, setText] = useState(search['q'] ?? '')
  const [problem, setProblem] = useState<unknown>(null)
  const [typed] = useDebouncedValue(text.trim(), 150)
  const field = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLOListElement>(null)
  const { data, error, isFetching } = useQuery({ ...scanQuery(typed), enabled: typed !== '', placeholderData: (before) => (typed === '' ? undefined : before) })
  const candidates = (data?.candidates ?? []).filter(isTraceable)

  const open = (candidate: Candidate): void => void navigate({ to: '/trace', search: (before) => ({ ...before, q: undefined, ...addressOf(candidate) }) })
  /** Opens what is meant where that is certain; else it is chosen from those offered. */
  const look = async (scanned: string): Promise<void> => {
    setProblem(null)
    try {
      const meant = (await resolveScan(scanned)).candidates.filter(isTraceable)
      const [best] = meant
      const same = meant.filter(({ match }) => match === best?.match)
      if (best !== undefined && (same.length === 1 || meant.length === 1)) return open(best)
      setText(scanned)
      setSearch({ q: scanned })
    } catch (reason) {
      setProblem(reason)
    }
  }
  useScan((scanned) => void look(scanned))
  useKeys({ '/': () => field.current?.focus() })
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && text.trim() !== '') void look(text.trim())
    if (event.key !== 'ArrowDown') return
    event.preventDefault()
    list.current?.querySelector('a')?.focus()
  }
  return (
    <div className={classes['ask']}>
      <TextInput ref={field} data-scan autoFocus size="md" label={t`Lot code or serial`} description={t`Scan it, or type how it begins. Case, blanks, O and 0, I and 1 make no difference.`} value={text} maxLength={2000} autoComplete="off" spellCheck={false}
        leftSection={isFetching ? <Loader size={16} /> : <IconScan size={18} aria-hidden />} onKeyDown={onKey} onChange={({ currentTarget: { value } }) => {
          setText(value)
          setProblem(null)
        }} />
      <ProblemAlert problem={problem ?? error} />
      {candidates.length > 0 && <Candidates candidates={candidates} list={list} onLeave={() => field.current?.focus()} />}
      {typed !== '' && data !== undefined && !isFetching && candidates.length === 0 && <div role="status"><EmptyState title={t`No lot and no unit begins with ${typed}`}>{t`Check the code; nothing was created.`}</EmptyState></div>}
      {typed === '' && <EmptyState icon={<IconRoute size={28} />} title={t`Where it came from, where it went`}>{t`A lot or a unit, followed back to its suppliers and on to everybody who got some of it, through every run between.`}</EmptyState>}
    </div>
  )
}

function isTraceable({ kind }: Candidate): boolean {
  return kind === 'lot' || kind === 'unit'
}

function addressOf({ kind, id }: Candidate): { readonly lot?: string; readonly unit?: string } {
  return kind === 'unit' ? { unit: id } : { lot: id }
}

function Candidates({ candidates, list, onLeave }: { readonly candidates: readonly Candidate[]; readonly list: RefObject<HTMLOListElement | null>; readonly onLeave: () => void }) {
  const { t } = useLingui()
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const links = [...(list.current?.querySelectorAll('a') ?? [])]
    const next = links.indexOf(document.activeElement as HTMLAnchorElement) + step
    if (next < 0) onLeave()
    else links[Math.min(next, links.length - 1)]?.focus()
  }
  return (
    <ol ref={list} className={`${parts['card']} ${classes['candidates']}`} aria-label={t`What it may be`} onKeyDown={onKey}>
      {candidates.map((candidate) => {
        const KindIcon = kindIcons[candidate.kind]
        return (
          <li key={candidate.id}>
            <Link to="/trace" search={(before) => ({ ...before, q: undefined, ...addressOf(candidate) })} className={classes['candidate']}>
              <KindIcon size={18} stroke={1.7} aria-hidden />
              <span><span><span className="code">{candidate.code}</span> {candidate.title}</span><span className="dim">{[subjectName(candidate.kind), candidate.detail].filter(Boolean).join(' · ')}</span></span>
            </Link>
          </li>
        )
      })}
    </ol>
  )
}

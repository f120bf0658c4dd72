import { useLingui } from '@lingui/react/macro'
import { IconAlertTriangle, IconScan } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from 'react'
import { subjectName } from '../words.ts'
import { missingOf, shownScan } from './kinds.ts'
import { linkOf, resolveScan, type Scan } from './resolve.ts'
import classes from './scan.module.css'
import { useScan } from './use-scan.ts'

const loadDialog = () => import('./scan-dialog.tsx')
const ScanDialog = lazy(loadDialog)

/** How long what was scanned stays on the screen, in milliseconds. */
const SHOWN = 4_000

/** A scan that did not lead to one record by itself. */
export interface Unclear {
  /** Which scan it was, so that a dialog about another one is another dialog. */
  readonly turn: number
  readonly text: string
  readonly scan: Scan | null
  readonly problem: unknown
}

/**
 * What a scan does where no form wants it: it opens what was scanned, or asks which of several it is, or says calmly that
 * nothing is. `scan` does it with any text; `shown` is what of it is on the screen.
 */
export function useScanAnywhere(onSearch: (text: string) => void): { readonly scan: (text: string) => void; readonly shown: ReactNode } {
  const { t } = useLingui()
  const navigate = useNavigate()
  const [said, setSaid] = useState<{ readonly words: ReactNode; readonly alarm: boolean } | null>(null)
  const [unclear, setUnclear] = useState<Unclear | null>(null)
  const turn = useRef(0)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)

  // there before it is needed: a scan may be the moment at which the network is gone
  useEffect(() => {
    const later = setTimeout(() => void loadDialog().catch(() => {}), 3_000)
    return () => clearTimeout(later)
  }, [])

  const say = (words: ReactNode, alarm = false): void => {
    setSaid({ words, alarm })
    clearTimeout(timer.current)
    timer.current = setTimeout(setSaid, SHOWN, null)
  }
  const look = async (text: string): Promise<void> => {
    const mine = (turn.current += 1)
    say(t`Scanned ${shownScan(text)}`)
    const outcome = await resolveScan(text).then((scan): Unclear => ({ turn: mine, text: scan.text, scan, problem: null }), (problem: unknown): Unclear => ({ turn: mine, text, scan: null, problem }))
    // a newer scan has been asked about since
    if (turn.current !== mine) return
    const best = outcome.scan?.candidates[0]
    if (outcome.scan === null || best === undefined || !outcome.scan.certain || missingOf(outcome.scan) !== null) {
      setSaid(null)
      return setUnclear(outcome)
    }
    setUnclear(null)
    say(<>{subjectName(best.kind)} <span className="code">{best.code ?? ''}</span>{best.title !== best.code && <> · {best.title}</>}</>)
    await navigate(linkOf(best))
  }
  const scan = (text: string): void => void look(text)
  useScan((text) => {
    // what is being filled in is not left behind by accident
    if (document.querySelector('[role="dialog"][aria-modal="true"] form') !== null) say(t`Not looked up: finish or close this first, then scan.`, true)
    else scan(text)
  })

  const SaidIcon = said?.alarm === true ? IconAlertTriangle : IconScan
  return {
    scan,
    shown: (
      <>
        <div role="status" className={`${classes['said']} no-print`} data-alarm={said?.alarm}>{said !== null && <span><SaidIcon size={17} stroke={1.7} aria-hidden />{said.words}</span>}</div>
        <Suspense>{unclear !== null && <ScanDialog key={unclear.turn} unclear={unclear} onRetry={() => scan(unclear.text)} onClose={() => setUnclear(null)} onSearch={onSearch} />}</Suspense>
      </>
    ),
  }
}

import { useLingui } from '@lingui/react/macro'
import { useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { Problem } from '../api.ts'
import { decimalMark } from '../parts/format.ts'
import { useSayProblem } from '../parts/problem.tsx'
import { get, queryClient } from '../queries.ts'
import { shownScan } from '../scan/kinds.ts'
import { resolveScan, type Candidate, type Scan, type Task } from '../scan/resolve.ts'
import { useScan } from '../scan/use-scan.ts'
import { kindName, subjectName } from '../words.ts'
import type { Draft, Kind } from './draft.ts'
import type { Place, Product } from './facts.ts'
import { fillIn, meantBy, type Filled } from './scan-in.ts'
import type { Settled } from './settle.ts'
import { signal, type Signal } from './signal.ts'

/** What became of the last scan, in words. */
export interface Said {
  readonly tone: Signal
  readonly words: ReactNode
}

/** A scan that waits for an answer: which of these is it, or what is to be made of it. */
export interface Open {
  readonly scan: Scan
  readonly candidates: readonly Candidate[]
  /** The label's product is not ours. */
  readonly gtin: string | null
}

interface Given {
  readonly kind: Kind
  readonly draft: Draft
  readonly lines: readonly Settled[]
  readonly change: (change: (draft: Draft) => Draft) => void
  /** Until what the open line names has been read. */
  readonly ready: () => Promise<void>
  /** The codes that do something: OK, CANCEL, UNDO. */
  readonly commands: Readonly<Record<string, () => void>>
}

/** Fills a form from what is scanned, one scan after the other, none of them lost. Nothing is created by it. */
export function useScanIn(given: Given): { readonly said: Said | null; readonly open: Open | null; readonly choose: (candidate: Candidate) => void; readonly again: () => void; readonly dismiss: () => void } {
  const { t } = useLingui()
  const sayProblem = useSayProblem()
  const latest = useRef(given)
  useLayoutEffect(() => {
    latest.current = given
  })
  const [said, setSaid] = useState<Said | null>(null)
  const [open, setOpen] = useState<Open | null>(null)
  const queue = useRef<Promise<void>>(Promise.resolve())

  const tell = (tone: Signal, words: ReactNode): void => {
    setSaid({ tone, words })
    signal(tone)
  }
  const told = (filled: Filled, scan: Scan): void => {
    setOpen(null)
    switch (filled.did) {
      case 'filled': {
        // at once: the next scan sees what this one filled in
        flushSync(() => latest.current.change(() => filled.draft))
        const what = filled.fresh === 'lot' ? t`New lot` : filled.fresh === 'unit' ? t`New serial` : filled.what === 'label' ? t`Label` : subjectName(filled.what)
        return tell('ok', <>{what} <span className="code">{filled.code}</span>{filled.title !== filled.code && filled.title !== '' && <> · {filled.title}</>}</>)
      }
      case 'nothing': return tell('warn', filled.why === 'twice' ? t`${filled.code} is already there as no. ${filled.number}. It was not counted again.` : t`${filled.code} is already in line ${filled.number}. Nothing changed.`)
      case 'ask':
        setOpen({ scan, candidates: filled.candidates, gtin: null })
        return tell('warn', t`Several go by ${shownScan(scan.text)}. Which one is it?`)
      case 'unknown':
        if (filled.gtin !== null) setOpen({ scan, candidates: [], gtin: filled.gtin })
        return tell('stop', filled.gtin === null ? t`${shownScan(filled.code)} is not known here. Nothing was created.` : t`The GTIN ${filled.gtin} is not one of ours. Nothing was created.`)
      case 'unfit': return tell('warn', t`${filled.candidate.code ?? filled.candidate.title} is known as ${filled.candidate.kind === 'movement' ? kindName(filled.candidate.title) : subjectName(filled.candidate.kind)}, which this form has no field for.`)
    }
  }
  const fill = async (scan: Scan, candidate: Candidate | null): Promise<void> => {
    const { kind } = latest.current
    // where goods are is read when they are named: what is scanned next means something only then
    await latest.current.ready()
    const product = candidate?.kind === 'product' ? candidate.id : (candidate?.productId ?? null)
    const known = {
      product: product === null ? undefined : await recall<Product>(get('/products/:productId', { params: { productId: product } })),
      place: candidate?.kind === 'place' ? await recall<Place>(get('/places/:placeId', { params: { placeId: candidate.id } })) : undefined, open: latest.current.lines[latest.current.draft.open], mark: decimalMark(),
    }
    told(fillIn(kind, latest.current.draft, scan, candidate, known), scan)
  }
  const take = async (text: string): Promise<void> => {
    const command = latest.current.commands[text.trim().toUpperCase()]
    if (command !== undefined) {
      setSaid(null)
      return command()
    }
    setSaid({ tone: 'ok', words: t`Scanned ${shownScan(text)}` })
    try {
      const opened = latest.current.lines[latest.current.draft.open]
      const scan = await resolveScan(text, taskOf(opened))
      const meant = meantBy(latest.current.kind, scan, opened)
      if (!Array.isArray(meant)) return await fill(scan, meant as Candidate)
      if (meant.length === 0) return await fill(scan, null)
      told({ did: 'ask', candidates: meant }, scan)
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem
      const { title, next } = sayProblem(problem)
      setOpen(null)
      tell('stop', <>{title} {next}</>)
    }
  }
  const line = (work: () => Promise<void>): void => {
    queue.current = queue.current.then(work, work)
  }
  useScan((text) => line(() => take(text)))
  return {
    said, open,
    choose: (candidate) => open !== null && line(() => fill(open.scan, candidate)),
    again: () => open !== null && line(() => take(open.scan.text)),
    dismiss: () => setOpen(null),
  }
}

/** Goods are asked for until the line has them. */
function taskOf(line: Settled | undefined): Task | undefined {
  if (line === undefined || line.product === null) return undefined
  return line.flow.brings === null ? 'take' : 'receive'
}

function recall<Output>(query: { readonly queryKey: readonly unknown[]; readonly queryFn: () => Promise<Output> }): Promise<Output> {
  return queryClient.fetchQuery({ ...query, staleTime: 30_000 })
}

import { useEffect, useRef, useState } from 'react'
import type { LayoutAsked, LayoutDone } from './layout.ts'

/** Lays a graph out beside the page; null until the first is done, afterwards the last one until the next is. */
export function useLayout(asked: LayoutAsked): { readonly done: LayoutDone | null; readonly isBusy: boolean; readonly fault: unknown } {
  const worker = useRef<Worker | null>(null)
  const turn = useRef(0)
  const [state, setState] = useState<{ readonly done: LayoutDone | null; readonly of: LayoutAsked | null; readonly fault: unknown }>({ done: null, of: null, fault: null })
  useEffect(() => () => {
    worker.current?.terminate()
    worker.current = null
  }, [])
  useEffect(() => {
    const mine = (turn.current += 1)
    const beside = (worker.current ??= new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' }))
    beside.onmessage = ({ data }: MessageEvent<{ turn: number; done: LayoutDone }>) => {
      if (data.turn === mine) setState({ done: data.done, of: asked, fault: null })
    }
    beside.onerror = (event) => setState((before) => ({ ...before, fault: event.error ?? new Error(event.message) }))
    // oxlint-disable-next-line require-post-message-target-origin -- a worker has no origin to name
    beside.postMessage({ turn: mine, asked })
  }, [asked])
  return { done: state.done, isBusy: state.of !== asked && state.fault === null, fault: state.fault }
}

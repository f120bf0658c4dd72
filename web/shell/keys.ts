import { useEffect, useRef } from 'react'

/** What a key does, by the key as typed (`j`, `/`, `?`, `Escape`) or after g (`g l`). */
export type Keys = Readonly<Record<string, () => void>>

/** Letters that come faster than this are a scanner's, not a person's, in milliseconds. */
const BURST_GAP = 35
/** A scanner ends with Enter; one that does not has ended when it is silent as long. */
const BURST_END = 90
const LEAST_SCANNED = 4

const layers: { readonly current: Keys }[] = []
const scanListeners = new Set<(text: string) => void>()

let typed = ''
let lastAt = 0
let prefix = ''
let timer: ReturnType<typeof setTimeout> | undefined

/** Keys that work while the component is there and nobody types into a field; those added last win. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    layers.push(latest)
    return () => void layers.splice(layers.indexOf(latest), 1)
  }, [])
}

/** Is told every text that a wedge scanner types while no field has the focus. */
export function useScans(onScan: (text: string) => void): void {
  const latest = useRef(onScan)
  latest.current = onScan
  useEffect(() => {
    const listener = (text: string): void => latest.current(text)
    scanListeners.add(listener)
    return () => void scanListeners.delete(listener)
  }, [])
}

/**
 * Tells typing from scanning: a key waits a moment before it acts, and where the next one comes faster than fingers are,
 * all of them are a scan and none acts. Returns what stops listening.
 */
export function listenToKeys(): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isField(event.target)) return
    if (event.key === 'Enter' && typed.length >= LEAST_SCANNED) {
      event.preventDefault()
      finish()
      return
    }
    if (event.key.length !== 1 || (event.key === ' ' && typed === '')) {
      if (event.key === 'Escape') act(event.key)
      return
    }
    if (event.key === '/' && typed === '') event.preventDefault()
    typed = event.timeStamp - lastAt < BURST_GAP || typed === '' ? typed + event.key : event.key
    lastAt = event.timeStamp
    clearTimeout(timer)
    timer = setTimeout(finish, typed.length === 1 ? BURST_GAP : BURST_END)
  }
  document.addEventListener('keydown', onKey)
  return () => document.removeEventListener('keydown', onKey)
}

function finish(): void {
  clearTimeout(timer)
  const text = typed
  typed = ''
  if (text.length >= LEAST_SCANNED) for (const listener of scanListeners) listener(text)
  else for (const key of text) act(key)
}

function act(key: string): void {
  // a dialog has the keyboard to itself
  if (document.querySelector('[role="dialog"][aria-modal="true"]') !== null) return
  const name = prefix === '' ? key : `${prefix} ${key}`
  prefix = ''
  const layer = layers.findLast(({ current }) => name in current)
  if (layer !== undefined) layer.current[name]?.()
  else if (key === 'g') prefix = 'g'
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.closest('input, textarea, select, [role="combobox"], [role="listbox"], [role="menu"]') !== null)
}

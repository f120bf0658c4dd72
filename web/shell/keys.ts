import { useEffect, useRef, useState } from 'react'

/** What a key does, by the key as typed (`j`, `/`, `?`, `Escape`) or after g (`g l`). */
export type Keys = Readonly<Record<string, () => void>>

/** Keys that come faster than this are a scanner's, not a person's, in milliseconds. */
const BURST_GAP = 50
/** A scanner ends with Enter or Tab; one that does not has ended when it is silent as long. */
const BURST_END = 100
/** So many characters and an end are a scan; without an end it takes more. */
const LEAST_ENDED = 2
const LEAST_SILENT = 4
/** GS, the separator of GS1 codes: wedge scanners type it as Ctrl+]. */
const GS = '\u001d'

/** What is mounted and wants keys or scans; what was rendered later, and so lies further in or above, comes first. */
class Layers<T> {
  readonly #all: { readonly order: number; readonly latest: { readonly current: T } }[] = []
  add(order: number, latest: { readonly current: T }): () => void {
    const layer = { order, latest }
    this.#all.push(layer)
    this.#all.sort((a, b) => b.order - a.order)
    return () => void this.#all.splice(this.#all.indexOf(layer), 1)
  }
  first(fits: (value: T) => boolean = () => true): T | undefined {
    return this.#all.find(({ latest }) => fits(latest.current))?.latest.current
  }
}

let lastOrder = 0
/** Keeps the value among the layers while the component is there. A parent is rendered before its children, but mounted after them. */
function useLayer<T>(layers: Layers<T>, value: T): void {
  const latest = useRef(value)
  latest.current = value
  const [order] = useState(() => (lastOrder += 1))
  useEffect(() => layers.add(order, latest), [layers, order])
}

interface KeyLayer {
  readonly keys: Keys
  readonly inDialog: boolean
}
const keyLayers = new Layers<KeyLayer>()
const scanLayers = new Layers<(text: string) => void>()

/**
 * Keys that work while the component is there and nobody types into a field; the innermost that knows a key gets it. A page
 * with a button "New" gives `n`, a record that can be changed `e`. A dialog has the keyboard to itself: only keys given
 * `inDialog` work in it.
 */
export function useKeys(keys: Keys, { inDialog = false }: { readonly inDialog?: boolean } = {}): void {
  useLayer(keyLayers, { keys, inDialog })
}

/** See scan/use-scan.ts. */
export function useScanLayer(onScan: (text: string) => void): void {
  useLayer(scanLayers, onScan)
}

/** A field as it was before what may be a scan was typed into it. */
interface Untouched {
  readonly field: HTMLInputElement | HTMLTextAreaElement
  readonly value: string
  readonly selection: readonly [number | null, number | null]
}

let typed = ''
let untouched: Untouched | null = null
let lastAt = 0
let prefix = ''
let timer: ReturnType<typeof setTimeout> | undefined
/** What becomes of the keys that wait, once no other follows fast. */
let conclude = forget

/**
 * Tells typing from scanning: a key waits a moment before it acts, and where the next one comes faster than fingers are,
 * all of them are a scan and none acts. A field that has the focus keeps what is typed into it, by whatever; only within
 * `data-scan` a scan is taken out of the field again and goes where scans go. Returns what stops listening.
 */
export function listenToKeys(): () => void {
  // before any component sees it: the Enter of a scan must not press the button that happens to have the focus
  window.addEventListener('keydown', onKey, true)
  return () => window.removeEventListener('keydown', onKey, true)
}

function onKey(event: KeyboardEvent): void {
  if (event.isComposing || !(event.target instanceof Element)) return
  const isFast = event.timeStamp - lastAt < BURST_GAP
  // on a busy machine the next key may be told before the time of the last one is up
  if (typed !== '' && !isFast) conclude()
  const field = fieldOf(event.target)
  if (field !== null && field.closest('[data-scan]') === null) return forget()
  if ((event.key === 'Enter' || event.key === 'Tab') && typed.length >= LEAST_ENDED) {
    event.preventDefault()
    event.stopPropagation()
    return finish(LEAST_ENDED)
  }
  const isSeparator = event.ctrlKey && event.key === ']' && typed !== ''
  if ((event.ctrlKey && !isSeparator) || event.metaKey || event.altKey) return
  if (event.key.length !== 1) {
    if (event.key === 'Escape' && field === null) act(event.key)
    return
  }
  const goesOn = typed !== ''
  if (field === null) {
    // a key that is held down is no scan
    if (event.repeat) return act(event.key)
    if (event.key === ' ' && !goesOn) return
    // a space would press a button, a slash open the browser's own search
    if (goesOn || event.key === '/') event.preventDefault()
  } else if (isSeparator) event.preventDefault()
  if (!goesOn) untouched = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement ? { field, value: field.value, selection: [field.selectionStart, field.selectionEnd] } : null
  typed = (goesOn ? typed : '') + (isSeparator ? GS : event.key)
  lastAt = event.timeStamp
  clearTimeout(timer)
  conclude = field === null ? () => finish(LEAST_SILENT) : forget
  timer = setTimeout(conclude, typed.length === 1 ? BURST_GAP : BURST_END)
}

function forget(): void {
  clearTimeout(timer)
  typed = ''
  untouched = null
}

/** What was typed is a scan where it has as many characters; otherwise each key does what it does. */
function finish(least: number): void {
  const [text, before] = [typed, untouched]
  forget()
  if (text.length < least) return [...text].forEach(act)
  prefix = ''
  if (before) restore(before)
  scanLayers.first()?.(text)
}

/** React hears of a value only that was set past it. */
function restore({ field, value, selection }: Untouched): void {
  const prototype = field instanceof HTMLInputElement ? HTMLInputElement.prototype : HTMLTextAreaElement.prototype
  Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(field, value)
  field.dispatchEvent(new Event('input', { bubbles: true }))
  // a field for numbers or dates knows no selection
  if (selection[0] !== null) field.setSelectionRange(selection[0], selection[1])
}

function act(key: string): void {
  const isDialog = document.querySelector('[role="dialog"][aria-modal="true"]') !== null
  if (!isDialog && document.activeElement?.closest('[role="menu"], [role="listbox"]')) return
  const name = prefix === '' ? key : `${prefix} ${key}`
  prefix = ''
  const layer = keyLayers.first(({ keys, inDialog }) => name in keys && (!isDialog || inDialog))
  if (layer !== undefined) layer.keys[name]?.()
  else if (key === 'g') prefix = 'g'
}

/** The field that takes what is typed, where the key goes to one. */
function fieldOf(target: Element): HTMLElement | null {
  const field = target.closest<HTMLElement>('input, textarea, select, [contenteditable=""], [contenteditable="true"]')
  if (field instanceof HTMLInputElement && (field.readOnly || ['checkbox', 'radio', 'button', 'submit', 'reset', 'file', 'range', 'color', 'image'].includes(field.type))) return null
  return field
}

import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { stringifySearch, type Search } from '../search.ts'
import { chosenOrganization } from '../session/organization.ts'
import { newDraft, newLine, nextDraft, type Draft, type Kind } from './draft.ts'

const PREFIX = 'lotwise.form.'

/** Where a form is kept while it is filled in: each kind has one, and one more for each address it was opened by. */
export function formKey(kind: string, search: Search): string {
  return `${PREFIX}${chosenOrganization() ?? ''}.${kind}${stringifySearch({ ...search })}`
}

/** What is filled in under this key; it survives a reload, and leaving the page. Where it is `fresh` again, or was forgotten, nothing is kept. */
export function useKept<T extends object>(key: string, fresh: T, restore: (kept: T) => T = (kept) => kept): readonly [T, (change: (now: T) => T) => void, forget: () => void] {
  const [value, setValue] = useState(() => load(key, fresh, restore))
  const isFresh = JSON.stringify(value) === JSON.stringify(fresh)
  useEffect(() => keep(key, isFresh ? null : value), [key, value, isFresh])
  return [value, setValue, () => keep(key, null)]
}

/** A form as it is filled in, until it is posted or emptied. `next` begins another one after a posting. */
export function useDraft(kind: Kind, reason: string, search: Search): { readonly draft: Draft; readonly change: (change: (draft: Draft) => Draft) => void; readonly next: () => void } {
  const navigate = useNavigate()
  const fresh = newDraft(kind, reason, search)
  const [draft, change, forget] = useKept(formKey(kind, search), fresh, (kept) => ({ ...fresh, ...kept, lines: kept.lines.map((line) => newLine(line.key, line)) }))
  const next = (): void => {
    const another = nextDraft(kind, reason, draft)
    if (Object.keys(search).length === 0) return change(() => another)
    // what the address had filled in is done with; a form that was begun without it comes up again
    forget()
    const plain = formKey(kind, {})
    if (sessionStorage.getItem(plain) === null) keep(plain, another)
    void navigate({ to: '.', search: {}, replace: true })
  }
  return { draft, change, next }
}

function load<T extends object>(key: string, fresh: T, restore: (kept: T) => T): T {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null') as T | null
    return kept === null ? fresh : restore(kept)
  } catch {
    return fresh
  }
}

function keep(key: string, value: object | null): void {
  try {
    if (value === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, JSON.stringify(value))
  } catch {
    // the storage is full: then it lives as long as the page
  }
}

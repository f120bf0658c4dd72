import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { stringifySearch, type Search } from '../search.ts'
import { chosenOrganization } from '../session/organization.ts'
import { isUntouched, newDraft, newLine, nextDraft, type Draft, type Kind } from './draft.ts'

const PREFIX = 'lotwise.form.'

/** Where a form is kept while it is filled in: each kind has one, and one more for each address it was opened by. */
export function formKey(kind: Kind, search: Search): string {
  return `${PREFIX}${chosenOrganization() ?? ''}.${kind}${stringifySearch({ ...search })}`
}

/**
 * A form as it is filled in; it survives a reload, and leaving the page, until it is posted or emptied. `next` begins
 * another one after a posting.
 */
export function useDraft(kind: Kind, reason: string, search: Search): { readonly draft: Draft; readonly change: (change: (draft: Draft) => Draft) => void; readonly next: () => void; readonly empty: () => void } {
  const key = formKey(kind, search)
  const navigate = useNavigate()
  const [draft, setDraft] = useState(() => load(key, newDraft(kind, reason, search)))
  useEffect(() => keep(key, isUntouched(draft, newDraft(kind, reason, search)) ? null : draft), [key, draft, kind, reason, search])
  const begin = (fresh: Draft): void => {
    if (Object.keys(search).length === 0) return setDraft(fresh)
    // what the address had filled in is done with; a form that was begun without it comes up again
    keep(key, null)
    const plain = formKey(kind, {})
    if (sessionStorage.getItem(plain) === null) keep(plain, fresh)
    void navigate({ to: '.', search: {}, replace: true })
  }
  return { draft, change: setDraft, next: () => begin(nextDraft(kind, reason, draft)), empty: () => begin(newDraft(kind, reason)) }
}

function load(key: string, fresh: Draft): Draft {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null') as Draft | null
    return kept === null ? fresh : { ...fresh, ...kept, lines: kept.lines.map((line) => newLine(line.key, line)) }
  } catch {
    return fresh
  }
}

function keep(key: string, draft: Draft | null): void {
  try {
    if (draft === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, JSON.stringify(draft))
  } catch {
    // the storage is full: then it lives as long as the page
  }
}

/** Who signs out leaves nothing behind that was half filled in. */
export function forgetForms(): void {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith(PREFIX)) sessionStorage.removeItem(name)
}

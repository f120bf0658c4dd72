import { useRouterState } from '@tanstack/react-router'
import { useEffect } from 'react'
import { chosenOrganization } from '../session/organization.ts'

/** A record that was opened on this device. */
export interface Recent {
  readonly to: string
  readonly title: string
}

const MOST = 8
const RECORD = /^\/(lots|units|products|places|parties|plates|movements)\/[0-9a-f-]{36}$/
const PREFIX = 'lotwise.recent.'
const key = (): string => `${PREFIX}${chosenOrganization() ?? ''}`

/** The records last opened on this device in this organisation, the last one first. */
export function recentRecords(): readonly Recent[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key()) ?? '[]')
    return Array.isArray(stored) ? stored.filter((one): one is Recent => typeof one?.to === 'string' && typeof one?.title === 'string') : []
  } catch {
    return []
  }
}

/** Remembers that this record's page was opened; null: its name is not known yet, or it is no record. */
export function useRecent(title: string | null): void {
  const to = useRouterState({ select: (state) => state.location.pathname })
  useEffect(() => {
    if (title === null || !RECORD.test(to)) return
    localStorage.setItem(key(), JSON.stringify([{ to, title }, ...recentRecords().filter((one) => one.to !== to)].slice(0, MOST)))
  }, [to, title])
}

/** Who signs out leaves no trace of what he looked at, nor of what he had half filled in (doing/use-draft.ts). */
export function forgetRecent(): void {
  for (const name of Object.keys(sessionStorage)) if (/^lotwise\.(?:form|sent)\./.test(name)) sessionStorage.removeItem(name)
  for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name)
}

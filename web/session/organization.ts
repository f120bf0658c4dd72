const KEY = 'lotwise.organization'

/** The organisation this tab works in; null: the only one there is, or none chosen yet. A new tab begins where the last one was. */
export function chosenOrganization(): string | null {
  return sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY)
}

export function chooseOrganization(organizationId: string | null): void {
  for (const storage of [sessionStorage, localStorage]) {
    if (organizationId === null) storage.removeItem(KEY)
    else storage.setItem(KEY, organizationId)
  }
}

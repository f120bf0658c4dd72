import { useSuspenseQuery } from '@tanstack/react-query'
import type { Permission } from '#src/lib/permissions.ts'
import { Problem, read, type ReadOutput } from '../api.ts'
import { speakAs } from '../i18n.ts'
import { queryClient } from '../queries.ts'
import { chosenOrganization, chooseOrganization } from './organization.ts'

export type Me = ReadOutput<'/me'>

export const meQuery = { queryKey: ['/me'], queryFn: readMe, staleTime: 60_000 }

/** Who is signed in, in which organisation. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data
}

/** Whether the role allows it: `const may = useMay()`, `may('movements.receive')`. The server decides; this only hides what would be refused. */
export function useMay(): (permission: Permission) => boolean {
  const { permissions } = useMe()
  return (permission) => permissions.includes(permission)
}

/** Works in this organisation from now on; everything on the screen is asked for anew. */
export async function switchOrganization(organizationId: string): Promise<void> {
  chooseOrganization(organizationId)
  // forgets what was read and reads again what is on the screen; clear() would leave the screen as it is
  await queryClient.resetQueries()
}

/** Somebody in several organisations begins in the first of them that is no demo; who is in one says so too, since there may be another any moment; one that was chosen and is his no more is forgotten. */
async function readMe(): Promise<Me> {
  try {
    let me = await read('/me')
    const first = me.organizations.find(({ demo }) => !demo) ?? me.organizations[0]
    if (me.organizationId === null && first !== undefined) {
      chooseOrganization(first.organizationId)
      me = await read('/me')
    } else if (chosenOrganization() === null) chooseOrganization(me.organizationId)
    await speakAs(me.trades[0])
    return me
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 404 || chosenOrganization() === null) throw error
    chooseOrganization(null)
    return await readMe()
  }
}

import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { IconBike, IconMilk, IconNeedleThread, IconRocket, type Icon } from '@tabler/icons-react'
import { useMutation, useQuery, type UseMutationResult } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { uuidv7 } from 'uuidv7'
import { send, type Problem, type ReadOutput } from '../api.ts'
import { forgetGuide } from '../guide/memory.ts'
import { get, queryClient } from '../queries.ts'
import { switchOrganization, useMay, useMe } from '../session/me.ts'

export type Demo = ReadOutput<'/demo-companies'>['companies'][number]
export type DemoKind = Demo['company']

export interface DemoFace {
  readonly icon: Icon
  readonly what: MessageDescriptor
  readonly shows: MessageDescriptor
}

/** What there is to see in each, in the order of the list. */
export const demoFaces: { readonly [kind in DemoKind]: DemoFace } = {
  creamery: { icon: IconMilk, what: msg`A creamery`, shows: msg`Best-by and use-by dates, a milk tank where three farms mix, cream into butter, cheese wheels counted and weighed.` },
  yarn_mill: { icon: IconNeedleThread, what: msg`A yarn mill`, shows: msg`Dye lots over cones, balls and hanks; cones weighed one by one; orders filled from one dye lot.` },
  e_bikes: { icon: IconBike, what: msg`An e-bike maker`, shows: msg`Serial numbers of bikes and of the frame, motor and battery in each; rework, warranty returns.` },
  fireworks: { icon: IconRocket, what: msg`A fireworks importer`, shows: msg`Date and shift of manufacture, cases on pallets, magazines, licences, goods on hold.` },
}

/** The demo companies of whoever may have some; asked again each second while one is being made. */
export function useDemos() {
  const may = useMay()
  return useQuery({ ...get('/demo-companies'), enabled: may('organization.manage'), refetchInterval: ({ state }) => (state.data?.companies.some(({ state: is }) => is === 'making') === true ? 1_000 : false) })
}

/** Goes into a demo company; its guide is there. */
export function useOpenDemo(): (organizationId: string) => Promise<void> {
  const navigate = useNavigate()
  return async (organizationId) => {
    await switchOrganization(organizationId)
    await navigate({ to: '/' })
  }
}

/** Deletes a demo company. Who is in it is led home, to an organisation of his own where there is one. */
export function usePurge(onDone: (demo: Demo) => void): UseMutationResult<unknown, Problem, Demo> {
  const { organizationId: here, organizations } = useMe()
  const open = useOpenDemo()
  return useMutation<unknown, Problem, Demo>({
    mutationFn: ({ organizationId }) => send('DELETE /demo-companies/:organizationId', { params: { organizationId } }, uuidv7()),
    onSuccess: async (_, demo) => {
      forgetGuide(demo.organizationId)
      const others = organizations.filter(({ organizationId }) => organizationId !== demo.organizationId)
      const home = others.find((one) => !one.demo) ?? others[0]
      onDone(demo)
      if (demo.organizationId === here && home !== undefined) await open(home.organizationId)
      else await queryClient.invalidateQueries()
    },
  })
}

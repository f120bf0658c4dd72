import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { Problem, read } from './api.ts'
import { FaultPage, NotFoundPage } from './parts/fault-page.tsx'
import { queryClient, signedOut } from './queries.ts'
import { parseSearch, stringifySearch, type Search } from './search.ts'
import { meQuery } from './session/me.ts'
import { Shell } from './shell/shell.tsx'

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: FaultPage, validateSearch: (search: Search): Search => search })

/** Everything for people who are signed in; the others are led to the sign-in, or to the set-up of a new installation. */
const shell = createRoute({
  getParentRoute: () => root, id: 'shell', component: Shell,
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(meQuery)
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error
      const { needed } = await read('/setup')
      if (needed) throw redirect({ to: '/set-up' })
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { to: location.href } })
    }
  },
})

type Page = () => Promise<{ default: ComponentType }>
/** A page of the shell, loaded when it is opened; the file exports it as default. */
const page = <const Path extends string>(path: Path, load: Page) => createRoute({ getParentRoute: () => shell, path, component: lazyRouteComponent(load) })
/** A page without the shell around it. */
const bare = <const Path extends string>(path: Path, load: Page) => createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load) })

// Every page has its line here.
const routes = root.addChildren([
  bare('/sign-in', () => import('./session/sign-in.tsx')),
  bare('/set-up', () => import('./session/set-up.tsx')),
  shell.addChildren([
    page('/', () => import('./home/home.tsx')),
    page('/welcome', () => import('./first-run/welcome.tsx')),
    page('/begin', () => import('./first-run/begin.tsx')),
    page('/demo-companies', () => import('./demo/demo-companies.tsx')),
    page('/stock', () => import('./stock/stock.tsx')),
    page('/products', () => import('./catalog/products.tsx')),
    page('/products/$productId', () => import('./catalog/product.tsx')),
    page('/lots', () => import('./lots/lots.tsx')),
    page('/lots/$lotId', () => import('./lots/lot.tsx')),
    page('/trace', () => import('./trace/trace.tsx')),
    page('/units', () => import('./serials/units.tsx')),
    page('/units/$unitId', () => import('./serials/unit.tsx')),
    page('/movements', () => import('./movements/movements.tsx')),
    page('/movements/$movementId', () => import('./movements/movement.tsx')),
    page('/do/$what', () => import('./doing/do.tsx')),
    page('/do/hold', () => import('./doing/hold.tsx')),
    page('/holds', () => import('./holds/holds.tsx')),
    page('/holds/$holdId', () => import('./holds/hold-page.tsx')),
    page('/places', () => import('./network/places.tsx')),
    page('/places/$placeId', () => import('./network/place.tsx')),
    page('/parties', () => import('./network/parties.tsx')),
    page('/parties/$partyId', () => import('./network/party.tsx')),
    page('/plates', () => import('./serials/plates.tsx')),
    page('/plates/$plateId', () => import('./serials/plate.tsx')),
    page('/imports', () => import('./imports/imports.tsx')),
    page('/imports/new', () => import('./imports/new-import.tsx')),
    page('/imports/$importId', () => import('./imports/import.tsx')),
    page('/exceptions', () => import('./work/exceptions.tsx')),
    page('/exceptions/$exceptionId', () => import('./work/exception.tsx')),
    page('/settings', () => import('./settings/settings.tsx')),
    page('/settings/organization', () => import('./settings/organization.tsx')),
    page('/settings/people', () => import('./settings/people.tsx')),
    page('/settings/people/$userId', () => import('./settings/person.tsx')),
    page('/settings/roles', () => import('./settings/roles.tsx')),
    page('/settings/roles/$role', () => import('./settings/role.tsx')),
    page('/settings/units-of-measure', () => import('./settings/uoms.tsx')),
    page('/settings/properties', () => import('./settings/properties.tsx')),
    page('/settings/account', () => import('./settings/account.tsx')),
    page('/settings/integrity', () => import('./settings/integrity.tsx')),
    page('/settings/audit', () => import('./settings/audit.tsx')),
    page('/settings/keys', () => import('./settings/keys.tsx')),
    page('/settings/keys/$apiKeyId', () => import('./settings/key.tsx')),
    page('/help', () => import('./help/help-page.tsx')),
    page('/help/$', () => import('./help/help-page.tsx')),
  ]),
])

export const router = createRouter({
  routeTree: routes, parseSearch, stringifySearch, defaultPreload: 'intent', defaultPreloadDelay: 80, scrollRestoration: true, defaultErrorComponent: FaultPage, defaultNotFoundComponent: NotFoundPage,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

signedOut.add(() => {
  const { pathname, href } = router.state.location
  queryClient.clear()
  if (pathname !== '/sign-in' && pathname !== '/set-up') void router.navigate({ to: '/sign-in', search: { to: href } })
})

import { msg } from '@lingui/core/macro'
import type { MessageDescriptor } from '@lingui/core'
import { IconAlertTriangle, IconArrowsExchange, IconArrowsRightLeft, IconBarcode, IconBuildingFactory2, IconBuildingWarehouse, IconFileImport, IconHandStop, IconHome, IconLockOpen, IconPackage, IconPackageExport, IconPackageImport, IconPackages, IconRoute, IconScale, IconSettings, IconStack2, IconTestPipe, IconTrash, IconTruck, IconTruckReturn, IconUserShare, type Icon } from '@tabler/icons-react'
import type { Permission } from '#src/lib/permissions.ts'

export interface Entry {
  readonly to: string
  readonly label: MessageDescriptor
  readonly icon: Icon
  /** `g` and then this. */
  readonly key: string
  readonly permission?: Permission
  /** Other pages that belong to it. */
  readonly also?: readonly string[]
  /** It stands not in the navigation itself: the palette and its key lead to it. */
  readonly aside?: true
}

/** The navigation: seven entries at most, whatever else is built. A page of its own kind goes under one of these. */
export const entries: readonly Entry[] = [
  { to: '/', label: msg`Home`, icon: IconHome, key: 'h', also: ['/exceptions', '/holds'] },
  { to: '/stock', label: msg`Stock`, icon: IconPackage, key: 's', permission: 'stock.read', also: ['/products', '/plates', '/imports'] },
  { to: '/lots', label: msg`Lots`, icon: IconStack2, key: 'l', permission: 'lots.read', also: ['/trace'] },
  { to: '/units', label: msg`Units`, icon: IconBarcode, key: 'u', permission: 'lots.read' },
  { to: '/movements', label: msg`Movements`, icon: IconArrowsExchange, key: 'm', permission: 'movements.read', also: ['/do'] },
  { to: '/places', label: msg`Places & parties`, icon: IconBuildingWarehouse, key: 'p', permission: 'network.read', also: ['/parties'] },
  { to: '/settings', label: msg`Settings`, icon: IconSettings, key: 't', permission: 'organization.read' },
  { to: '/trace', label: msg`Trace a lot or unit`, icon: IconRoute, key: 'f', permission: 'trace.read', aside: true },
  { to: '/exceptions', label: msg`Exceptions`, icon: IconAlertTriangle, key: 'e', permission: 'exceptions.read', aside: true },
  { to: '/holds', label: msg`Holds`, icon: IconHandStop, key: 'd', permission: 'stock.read', aside: true },
]

export interface Action {
  readonly id: string
  readonly label: MessageDescriptor
  readonly icon: Icon
  readonly to: string
  readonly permission: Permission
  /** After g, where it has one. */
  readonly key?: string
}

/** What can be done from anywhere: in the palette and under "New". A form adds its line here; the first stands on top. */
export const actions: readonly Action[] = [
  { id: 'receive', label: msg`Receive`, icon: IconPackageImport, to: '/do/receive', permission: 'movements.receive', key: 'r' },
  { id: 'move', label: msg`Move`, icon: IconArrowsRightLeft, to: '/do/move', permission: 'movements.move', key: 'v' },
  { id: 'ship', label: msg`Ship`, icon: IconTruck, to: '/do/ship', permission: 'movements.ship', key: 'x' },
  { id: 'return', label: msg`Take back`, icon: IconTruckReturn, to: '/do/return', permission: 'movements.return' },
  { id: 'run', label: msg`Run: make, repack, split`, icon: IconBuildingFactory2, to: '/do/run', permission: 'movements.transform' },
  { id: 'adjust', label: msg`Adjust`, icon: IconScale, to: '/do/adjust', permission: 'movements.adjust' },
  { id: 'hold', label: msg`Hold`, icon: IconHandStop, to: '/do/hold', permission: 'holds.place', key: 'o' },
  { id: 'release', label: msg`Release a hold`, icon: IconLockOpen, to: '/holds', permission: 'holds.release' },
  { id: 'sample', label: msg`Take a sample`, icon: IconTestPipe, to: '/do/sample', permission: 'movements.sample' },
  { id: 'destroy', label: msg`Destroy`, icon: IconTrash, to: '/do/destroy', permission: 'movements.destroy' },
  { id: 'pack', label: msg`Pack`, icon: IconPackages, to: '/do/pack', permission: 'movements.pack' },
  { id: 'unpack', label: msg`Unpack`, icon: IconPackageExport, to: '/do/unpack', permission: 'movements.pack' },
  { id: 'change-owner', label: msg`Change the owner`, icon: IconUserShare, to: '/do/change-owner', permission: 'movements.change_owner' },
  { id: 'import', label: msg`Import a file`, icon: IconFileImport, to: '/imports/new', permission: 'imports.write', key: 'i' },
]

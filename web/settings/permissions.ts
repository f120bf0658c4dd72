import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { Permission } from '#src/lib/permissions.ts'

type Group = 'doing' | 'quality' | 'looking' | 'records' | 'running'
const titles: { readonly [group in Group]: MessageDescriptor } = { doing: msg`Doing`, quality: msg`Quality`, looking: msg`Looking`, records: msg`Records`, running: msg`Running the organisation` }

/** What a permission allows, as people say it after "may", and where they look for it; a group lists them in this order. */
const words: { readonly [permission in Permission]: readonly [Group, MessageDescriptor] } = {
  'movements.receive': ['doing', msg`receive goods`], 'movements.move': ['doing', msg`move goods`], 'movements.transform': ['doing', msg`record runs`], 'movements.ship': ['doing', msg`ship goods`], 'movements.return': ['doing', msg`take returns`],
  'movements.pack': ['doing', msg`pack and unpack plates`], 'movements.it_is_here': ['doing', msg`say where goods really are`], 'movements.sample': ['doing', msg`draw samples`], 'movements.adjust': ['doing', msg`adjust stock`],
  'movements.destroy': ['doing', msg`destroy goods`], 'movements.change_owner': ['doing', msg`change whose goods they are`], 'movements.reverse': ['doing', msg`undo movements`], 'allocations.write': ['doing', msg`promise stock and give it free`],
  'holds.place': ['quality', msg`place holds`], 'holds.release': ['quality', msg`release holds`], 'trace.read': ['quality', msg`trace`], 'exceptions.read': ['quality', msg`see exceptions`], 'exceptions.resolve': ['quality', msg`assign and resolve exceptions`],
  'stock.read': ['looking', msg`see stock and holds`], 'lots.read': ['looking', msg`see lots and units`], 'movements.read': ['looking', msg`see movements`], 'catalog.read': ['looking', msg`see products and units of measure`],
  'network.read': ['looking', msg`see places and parties`], 'imports.read': ['looking', msg`see imports`], 'audit.read': ['looking', msg`see who changed what`], 'export.read': ['looking', msg`export`],
  'organization.read': ['looking', msg`see the organisation and its settings`],
  'catalog.write': ['records', msg`make and change products, units of measure and properties`], 'network.write': ['records', msg`make and change places and parties`], 'lots.write': ['records', msg`register, correct and merge lots`],
  'imports.write': ['records', msg`import files and undo imports`],
  'people.manage': ['running', msg`add and remove people, change roles`], 'keys.manage': ['running', msg`make and revoke API keys`], 'organization.manage': ['running', msg`change the organisation, close its books`],
  'system.verify': ['running', msg`verify the records, let frozen goods go on`],
}

/** "receive goods": what the permission allows. */
export function permissionName(permission: Permission): string {
  return i18n._(words[permission][1])
}

/** The permissions, in the groups a person looks for them in. */
export const permissionGroups: readonly { readonly title: MessageDescriptor; readonly permissions: readonly Permission[] }[] = (Object.keys(titles) as Group[])
  .map((group) => ({ title: titles[group], permissions: (Object.keys(words) as Permission[]).filter((permission) => words[permission][0] === group) }))

/** Every permission there is; a contract entry names one, a role holds a set. */
export const permissions = [
  'organization.read', 'organization.manage', 'people.manage', 'keys.manage',
  'catalog.read', 'catalog.write', 'network.read', 'network.write',
  'lots.read', 'lots.write', 'stock.read',
  'movements.read', 'movements.receive', 'movements.move', 'movements.adjust', 'movements.transform', 'movements.ship', 'movements.return',
  'movements.change_owner', 'movements.pack', 'movements.it_is_here', 'movements.sample', 'movements.destroy', 'movements.reverse',
  'allocations.write', 'holds.place', 'holds.release',
  'trace.read', 'audit.read', 'exceptions.read', 'exceptions.resolve',
  'imports.read', 'imports.write', 'export.read', 'system.verify',
] as const
export type Permission = (typeof permissions)[number]

/** The roles to begin with: each is a set of permissions, copied into a new organisation, which may then add its own. */
export const firstRoles = {
  owner: permissions,
  manager: permissions.filter((permission) => !['organization.manage', 'people.manage', 'keys.manage'].includes(permission)),
  operator: permissions.filter((permission) =>
    /\.read$|^movements\.(receive|move|transform|ship|return|pack|sample|it_is_here)$|^allocations\.write$|^holds\.place$|^lots\.write$/.test(permission) && !['audit.read', 'export.read'].includes(permission),
  ),
  viewer: permissions.filter((permission) => /^(organization|catalog|network|lots|stock|movements|trace|exceptions|imports)\.read$/.test(permission)),
} as const satisfies Record<string, readonly Permission[]>

import type { Bind } from '#src/audit/caller.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import * as contract from './contract.ts'
import { createDemo, listDemos, purgeDemo, type DemoServices } from './demos.ts'

export function routes(bind: Bind, services: DemoServices): void {
  bind(contract.listDemoCompanies, (_, caller) => listDemos(caller, services))
  bind(contract.createDemoCompany, ({ body }, caller) => createDemo(caller, services, body.company))
  bind(contract.purgeDemoCompany, ({ params }, caller) => purgeDemo(caller, services, params.organizationId as OrganizationId))
}

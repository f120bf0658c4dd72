import type { Bind } from '#src/audit/caller.ts'
import * as contract from './contract.ts'
import { createKey, getKey, listKeys, revokeKey } from './keys.ts'
import { getMe } from './me.ts'
import { getOrganization, updateOrganization } from './organization.ts'
import { changeRole, createPerson, getPerson, listColleagues, listPeople, removePerson } from './people.ts'
import { listRoles, putRole } from './roles.ts'
import { setUp, type SetupServices } from './setup.ts'

export function routes(bind: Bind, services: SetupServices): void {
  const { auth } = services
  bind(contract.getSetup, async (_, visitor) => {
    const needed = !(await auth.isSetUp())
    return { needed, tokenNeeded: needed && !visitor.isLocal }
  })
  bind(contract.setUp, ({ body }, visitor) => setUp(visitor, services, body))
  bind(contract.getMe, (_, visitor) => getMe(visitor, auth))
  bind(contract.getOrganization, (_, caller) => getOrganization(caller))
  bind(contract.updateOrganization, ({ body }, caller) => updateOrganization(caller, body))
  bind(contract.listPeople, ({ query }, caller) => listPeople(caller, query))
  bind(contract.getPerson, ({ params }, caller) => getPerson(caller, params.userId))
  bind(contract.listColleagues, (_, caller) => listColleagues(caller))
  bind(contract.createPerson, ({ body }, caller) => createPerson(caller, auth, body))
  bind(contract.changePersonRole, ({ params, body }, caller) => changeRole(caller, params.userId, body))
  bind(contract.removePerson, ({ params }, caller) => removePerson(caller, params.userId))
  bind(contract.listRoles, (_, caller) => listRoles(caller))
  bind(contract.putRole, ({ params, body }, caller) => putRole(caller, params.role, body))
  bind(contract.listApiKeys, ({ query }, caller) => listKeys(caller, query))
  bind(contract.getApiKey, ({ params }, caller) => getKey(caller, params.apiKeyId))
  bind(contract.createApiKey, ({ body }, caller) => createKey(caller, body))
  bind(contract.revokeApiKey, ({ params }, caller) => revokeKey(caller, params.apiKeyId))
}

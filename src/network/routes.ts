import type { Bind } from '#src/audit/caller.ts'
import * as contract from './contract.ts'
import { addLicence, archiveParty, changeLicence, changeParty, createParty, mergeParty, restoreParty } from './parties.ts'
import { archivePlace, changePlace, createPlace, restorePlace } from './places.ts'
import { getParty, getPlace, listParties, listPlaces } from './queries.ts'

export function routes(bind: Bind): void {
  bind(contract.listParties, ({ query }, caller) => listParties(caller, query))
  bind(contract.getParty, ({ params }, caller) => getParty(caller, params.partyId))
  bind(contract.createParty, ({ body }, caller) => createParty(caller, body))
  bind(contract.changeParty, ({ params, body }, caller) => changeParty(caller, params.partyId, body))
  bind(contract.archiveParty, ({ params, body }, caller) => archiveParty(caller, params.partyId, body?.reason))
  bind(contract.restoreParty, ({ params, body }, caller) => restoreParty(caller, params.partyId, body?.reason))
  bind(contract.mergeParty, ({ params, body }, caller) => mergeParty(caller, params.partyId, body))
  bind(contract.addLicence, ({ params, body }, caller) => addLicence(caller, params.partyId, body))
  bind(contract.changeLicence, ({ params, body }, caller) => changeLicence(caller, params.licenceId, body))
  bind(contract.listPlaces, ({ query }, caller) => listPlaces(caller, query))
  bind(contract.getPlace, ({ params }, caller) => getPlace(caller, params.placeId))
  bind(contract.createPlace, ({ body }, caller) => createPlace(caller, body))
  bind(contract.changePlace, ({ params, body }, caller) => changePlace(caller, params.placeId, body))
  bind(contract.archivePlace, ({ params, body }, caller) => archivePlace(caller, params.placeId, body?.reason))
  bind(contract.restorePlace, ({ params, body }, caller) => restorePlace(caller, params.placeId, body?.reason))
}

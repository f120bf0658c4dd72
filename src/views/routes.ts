import type { Bind } from '#src/audit/caller.ts'
import * as contract from './contract.ts'
import { archiveView, changeView, createView, listViews } from './views.ts'

export function routes(bind: Bind): void {
  bind(contract.listViews, ({ query }, caller) => listViews(caller, query))
  bind(contract.createView, ({ body }, caller) => createView(caller, body))
  bind(contract.changeView, ({ params, body }, caller) => changeView(caller, params.viewId, body))
  bind(contract.archiveView, ({ params }, caller) => archiveView(caller, params.viewId))
}

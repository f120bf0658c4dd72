import type { Bind } from '#src/audit/caller.ts'
import * as contract from './contract.ts'
import { traceCsv } from './csv.ts'
import { tracePdf } from './pdf.ts'
import { trace } from './trace.ts'

export function routes(bind: Bind): void {
  bind(contract.traceForward, ({ query }, caller) => trace(caller, 'forward', { lotIds: query.lotId, unitIds: query.unitId, limit: query.limit, cursor: query.cursor }))
  bind(contract.traceBackward, ({ query }, caller) => trace(caller, 'backward', { lotIds: query.lotId, unitIds: query.unitId, limit: query.limit, cursor: query.cursor }))
  bind(contract.traceManyForward, ({ body }, caller) => trace(caller, 'forward', body))
  bind(contract.traceManyBackward, ({ body }, caller) => trace(caller, 'backward', body))
  bind(contract.traceForwardCsv, ({ query }, caller) => traceCsv(caller, 'forward', { lotIds: query.lotId, unitIds: query.unitId }))
  bind(contract.traceBackwardCsv, ({ query }, caller) => traceCsv(caller, 'backward', { lotIds: query.lotId, unitIds: query.unitId }))
  bind(contract.traceManyForwardCsv, ({ body }, caller) => traceCsv(caller, 'forward', body))
  bind(contract.traceManyBackwardCsv, ({ body }, caller) => traceCsv(caller, 'backward', body))
  bind(contract.traceForwardPdf, ({ query }, caller) => tracePdf(caller, 'forward', { lotIds: query.lotId, unitIds: query.unitId, paper: query.paper }))
  bind(contract.traceBackwardPdf, ({ query }, caller) => tracePdf(caller, 'backward', { lotIds: query.lotId, unitIds: query.unitId, paper: query.paper }))
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { Bind, CommandCaller } from '#src/audit/caller.ts'
import type { CommandOutcome } from '#src/audit/command.ts'
import { cancel, changeRow, changeSettings, correctRows, startRun, startUndo } from './change.ts'
import * as contract from './contract.ts'
import { exportCsv } from './export.ts'
import { getImport, listImports, resultCsv } from './queries.ts'
import { listMade, listReasons, listRows } from './rows.ts'
import { createImport } from './upload.ts'
import { workOnImport } from './work.ts'

/** A file of so many rows at most is worked on within the request, so that its answer is the end of it. */
const ROWS_AT_ONCE = 1000
/** A worker of `serve` may have it in hand already: so long it is waited for, looking so often; in milliseconds. */
const LONGEST_WAIT = 5_000
const LOOK_EVERY = 50

export function routes(bind: Bind): void {
  bind(contract.createImport, async ({ query, body }, caller) => answer(caller, await createImport(caller, query, body)))
  bind(contract.listImports, ({ query }, caller) => listImports(caller, query))
  bind(contract.getImport, ({ params }, caller) => getImport(caller, params.importId))
  bind(contract.listImportRows, ({ params, query }, caller) => listRows(caller, params.importId, query))
  bind(contract.listImportReasons, ({ params }, caller) => listReasons(caller, params.importId))
  bind(contract.listImportMade, ({ params, query }, caller) => listMade(caller, params.importId, query))
  bind(contract.changeImport, async ({ params, body }, caller) => answer(caller, await changeSettings(caller, params.importId, body)))
  bind(contract.changeImportRow, async ({ params, body }, caller) => answer(caller, await changeRow(caller, params.importId, body)))
  bind(contract.correctImportRows, async ({ params, body }, caller) => answer(caller, await correctRows(caller, params.importId, body)))
  bind(contract.runImport, async ({ params, body }, caller) => answer(caller, await startRun(caller, params.importId, body.mode)))
  bind(contract.cancelImport, async ({ params }, caller) => answer(caller, await cancel(caller, params.importId)))
  bind(contract.undoImport, async ({ params, body }, caller) => answer(caller, await startUndo(caller, params.importId, body?.reason)))
  bind(contract.getImportResult, ({ params }, caller) => resultCsv(caller, params.importId))
  bind(contract.exportStock, (_, caller) => Promise.resolve(exportCsv(caller, 'stock')))
  bind(contract.exportMovements, (_, caller) => Promise.resolve(exportCsv(caller, 'movements')))
  bind(contract.exportProducts, (_, caller) => Promise.resolve(exportCsv(caller, 'products')))
  bind(contract.exportLots, (_, caller) => Promise.resolve(exportCsv(caller, 'lots')))
}

/** The import as it is now; of a small file after what was asked for is done. A worker of `serve` does the large ones. */
async function answer(caller: CommandCaller, { importId, replayed, dry }: { importId: string; replayed: boolean; dry?: contract.ImportView }): Promise<CommandOutcome<contract.ImportView>> {
  if (dry) return { result: dry, replayed }
  const before = await getImport(caller, importId)
  if (caller.context.dryRun || before.rows > ROWS_AT_ONCE || !isInHand(before)) return { result: before, replayed }
  for (let waited = 0; ; waited += LOOK_EVERY) {
    await workOnImport(caller, caller.organizationId, importId)
    const result = await getImport(caller, importId)
    if (!isInHand(result) || waited >= LONGEST_WAIT) return { result, replayed }
    await sleep(LOOK_EVERY)
  }
}

function isInHand({ status }: contract.ImportView): boolean {
  return ['checking', 'running', 'undoing'].includes(status)
}

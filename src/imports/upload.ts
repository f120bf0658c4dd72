import { createHash } from 'node:crypto'
import type { CommandCaller } from '#src/audit/caller.ts'
import { runCommand } from '#src/audit/command.ts'
import { sql } from '#src/db/sql.ts'
import { MOST_ROWS } from '#src/lib/import-file.ts'
import { newId } from '#src/lib/id.ts'
import type { ImportView } from './contract.ts'
import { exportHeaders } from './export-columns.ts'
import { countKnown } from './fields.ts'
import { note } from './problems.ts'
import { readFile } from './read-file.ts'
import { viewImport } from './queries.ts'
import { openQuestions, proposeSettings, type ImportSettings } from './settings.ts'

export interface Upload {
  readonly source: string
  readonly name?: string | undefined
  readonly delimiter?: string | undefined
  readonly encoding?: 'utf-8' | 'windows-1252' | undefined
  readonly headerLine?: number | undefined
}

/**
 * Takes a file in: reads it, keeps its rows, proposes how its columns are to be understood. Nothing is looked up yet.
 * Refuses what is no table: `import_empty`, `import_not_text`, `import_no_header` ...
 */
export async function createImport(caller: CommandCaller, upload: Upload, bytes: Uint8Array): Promise<{ importId: string; replayed: boolean; dry?: ImportView }> {
  const sha256 = createHash('sha256').update(bytes).digest()
  const { delimiter, encoding, headerLine } = upload
  const file = await readFile(bytes, { delimiter, encoding, headerLine, recognise: countKnown, mostRows: MOST_ROWS })
  let dry: ImportView | undefined
  const outcome = await runCommand(caller.context, { name: 'import.create', input: { ...upload, sha256: sha256.toString('hex') } }, async (scope) => {
    const { tx, organizationId, recordedAt, actor } = scope
    const importId = newId()
    const saved = await tx.row<{ settings: ImportSettings }>(sql`select settings from import_source where organization_id = ${organizationId} and source = ${upload.source}`)
    const ownExport = exportHeaders.has(file.header.join(','))
    const settings = proposeSettings(file, saved?.settings ?? null, ownExport)
    const questions = openQuestions(file, settings)
    const notes = [...file.notes, ...(ownExport ? [note('own_export')] : []), ...(saved ? [note('source_known', { source: upload.source })] : [])]
    await tx.run(sql`
      insert into import (organization_id, import_id, source, file_name, file_sha256, file_bytes, encoding, delimiter, header, rows, notes, settings, questions, status, actor_kind, actor_id, created_at)
      values (${organizationId}, ${importId}, ${upload.source}, ${upload.name ?? null}, ${sha256}, ${bytes.byteLength}, ${file.encoding}, ${file.delimiter}, ${[...file.header]}, ${file.rows.length}, ${notes.map((one) => JSON.stringify(one))},
              ${JSON.stringify(settings)}::jsonb, ${JSON.stringify(questions)}::jsonb, ${questions.length > 0 ? 'asking' : 'checking'}, ${actor.kind}, ${actor.id}, ${recordedAt})`)
    for (let at = 0; at < file.rows.length; at += 5000) {
      const rows = file.rows.slice(at, at + 5000)
      await tx.run(sql`
        insert into import_row (organization_id, import_id, row_no, line_no, cells, broken)
        select ${organizationId}, ${importId}, r.row_no, r.line_no, r.cells, r.broken
        from unnest(${rows.map((_, index) => at + index + 1)}::int[], ${rows.map(({ line }) => line)}::int[], ${rows.map(({ cells }) => JSON.stringify(cells))}::jsonb[],
                    ${rows.map(({ problem }) => (problem ? JSON.stringify(problem) : null))}::jsonb[]) as r (row_no, line_no, cells, broken)`)
    }
    scope.changed({ subject: 'import', subjectId: importId, before: null, after: { source: upload.source, file: upload.name ?? null, sha256: sha256.toString('hex'), rows: file.rows.length } })
    scope.happened({ type: 'import.created.v1', subjectIds: [importId], data: { source: upload.source, rows: file.rows.length } })
    if (caller.context.dryRun) dry = await viewImport(tx, organizationId, importId)
    return { importId }
  })
  return { importId: outcome.result.importId, replayed: outcome.replayed, ...(dry && { dry }) }
}

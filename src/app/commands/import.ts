import { readFile, stat, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandCaller } from '#src/audit/caller.ts'
import type { Database } from '#src/db/transaction.ts'
import { changeSettings, startRun, startUndo } from '#src/imports/change.ts'
import type { ImportView } from '#src/imports/contract.ts'
import { fields, type Field } from '#src/imports/fields.ts'
import { getImport, resultCsv } from '#src/imports/queries.ts'
import { listRows } from '#src/imports/rows.ts'
import { importSettings } from '#src/imports/settings.ts'
import { createImport } from '#src/imports/upload.ts'
import { workOnImport } from '#src/imports/work.ts'
import { MOST_FILE_BYTES } from '#src/lib/import-file.ts'
import type { OrganizationId } from '#src/lib/id.ts'
import { systemClock } from '#src/lib/time.ts'
import { commandLineCaller, option, organizationOf, UsageError, withConnection, type Command, type GivenArguments } from './command.ts'

export const command: Command = {
  usage: `lotwise import FILE --facility CODE [options]
lotwise import --undo ID

Takes opening stock in from a delimited file (CSV), beside a running server or alone: each product, lot and place is
adjusted to what the file states. Without --run it only says what would come of it.

  --run                   imports the good rows; the bad ones are listed
  --all-or-nothing        with --run: everything in one transaction, or nothing
  --facility CODE         where the stock is, for rows that name no facility
  --place CODE            the place of rows that name none (the facility itself)
  --source NAME           where such files come from; how they are read is kept for it (file)
  --map FIELD=COLUMN      which column is which field, where it was not guessed; may be repeated. Fields:
                          ${fields.slice(0, 13).join(', ')},
                          ${fields.slice(13).join(', ')}
  --date-format FORMAT    MM/DD/YYYY, DD.MM.YYYY ..., where it was not clear
  --decimal point|comma   what separates decimals, where it was not clear
  --delimiter C, --encoding utf-8|windows-1252     where they were not found out
  --set NAME=VALUE        another setting, as in the API (duplicates=sum, missingLot=UNKNOWN, createProducts=false)
  --result FILE           writes the file with what became of each row
  --undo ID               takes an import back as a whole
  --organization O        where there are several`,
  options: {
    run: { type: 'boolean' }, 'all-or-nothing': { type: 'boolean' }, facility: { type: 'string' }, place: { type: 'string' }, source: { type: 'string' }, map: { type: 'string', multiple: true }, 'date-format': { type: 'string' },
    decimal: { type: 'string' }, delimiter: { type: 'string' }, encoding: { type: 'string' }, set: { type: 'string', multiple: true }, result: { type: 'string' }, undo: { type: 'string' }, organization: { type: 'string' },
  },
  run: (given) => withConnection(given.config, 'import', async ({ database }) => {
    const organizationId = await organizationOf(database, option(given, 'organization'))
    const undo = option(given, 'undo')
    if (undo !== undefined) return takeBack(database, organizationId, undo)
    const [file, ...more] = given.positionals
    if (file === undefined || more.length > 0) throw new UsageError(command.usage)
    await bringIn(given, database, organizationId, file)
  }),
}

async function bringIn(given: GivenArguments, database: Database, organizationId: OrganizationId, file: string): Promise<void> {
  const call = (): CommandCaller => commandLineCaller(database, organizationId)
  const bytes = await readBounded(file)
  const encoding = option(given, 'encoding')
  if (encoding !== undefined && encoding !== 'utf-8' && encoding !== 'windows-1252') throw new UsageError('--encoding is utf-8 or windows-1252')
  const { importId } = await createImport(call(), { source: option(given, 'source') ?? 'file', name: basename(file), delimiter: option(given, 'delimiter')?.replace('\\t', '\t'), encoding }, bytes)
  const before = await getImport(call(), importId)
  await changeSettings(call(), importId, settingsOf(given, before))
  let view = await finished(database, organizationId, importId)
  for (const { text } of view.notes) console.log(text)
  tellMapping(view)
  if (view.questions.length > 0) {
    for (const { setting, why, candidates } of view.questions) console.error(`? ${setting}: ${why}${candidates.map(({ value, examples }) => `\n    ${value}${examples.length > 0 ? `  (${examples.map(({ text, meaning }) => (text === meaning ? text : `${text} = ${meaning}`)).join(', ')})` : ''}`).join('')}`)
    throw new UsageError('Answer with the options of lotwise import --help, and run it again.')
  }
  const { counts } = view
  console.log(`${view.rows} rows: ${counts.new} new, ${counts.changed} changed, ${counts.unchanged} unchanged, ${counts.bad} bad.`)
  if (given.values['run']) {
    await startRun(call(), importId, given.values['all-or-nothing'] ? 'all_or_nothing' : 'good_rows')
    view = await finished(database, organizationId, importId)
  }
  await tellBad(call(), importId)
  const result = option(given, 'result')
  if (result !== undefined) await writeFile(result, await resultCsv(call(), importId))
  if (!given.values['run']) return console.log('Nothing was changed. With --run it is imported.')
  console.log(`Import ${importId} is ${view.status}: ${view.counts.done} rows imported, ${view.counts.bad} bad.${view.outcome?.why ? ` ${view.outcome.why} ${view.outcome.next ?? ''}` : ''}`)
  if (view.status !== 'done' || view.counts.bad > 0) process.exitCode = 1
}

async function readBounded(file: string): Promise<Buffer> {
  const { size } = await stat(file).catch((error: Error) => {
    throw new UsageError(`${file} cannot be read: ${error.message}`)
  })
  if (size > MOST_FILE_BYTES) throw new UsageError(`${file} is larger than ${MOST_FILE_BYTES} bytes; cut it in parts.`)
  return readFile(file)
}

function settingsOf(given: GivenArguments, { settings, header }: ImportView): Partial<ImportView['settings']> {
  const pairs = (name: string): [string, string][] => ((given.values[name] ?? []) as string[]).map((text) => {
    const at = text.indexOf('=')
    if (at < 1) throw new UsageError(`--${name} ${text}: write it as NAME=VALUE`)
    return [text.slice(0, at), text.slice(at + 1)]
  })
  const mapping = { ...settings.mapping }
  for (const [field, column] of pairs('map')) {
    if (!fields.some((one) => one === field)) throw new UsageError(`--map ${field}: there is no such field; ${fields.join(', ')}`)
    if (column !== '' && !header.includes(column)) throw new UsageError(`--map ${field}=${column}: the file has no such column; ${header.join(', ')}`)
    mapping[field as Field] = column === '' ? undefined : column
  }
  const wanted: Record<string, unknown> = { mapping, ...Object.fromEntries(pairs('set').map(([name, value]) => [name, value === 'true' ? true : value === 'false' ? false : value === '' ? null : value])) }
  for (const [name, setting] of [['facility', 'facility'], ['place', 'defaultPlace'], ['date-format', 'dateFormat'], ['decimal', 'decimal']] as const) {
    const value = option(given, name)
    if (value !== undefined) wanted[setting] = value
  }
  const checked = importSettings.partial().safeParse(wanted)
  if (!checked.success) throw new UsageError(checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
  return checked.data as Partial<ImportView['settings']>
}

function tellMapping({ settings }: ImportView): void {
  for (const [field, column] of Object.entries(settings.mapping)) if (column !== undefined) console.log(`  ${field.padEnd(14)} ${column}`)
}

async function tellBad(caller: CommandCaller, importId: string): Promise<void> {
  const { items, next } = await listRows(caller, importId, { limit: 100, verdict: 'bad' })
  for (const { line, problems } of items) for (const { column, value, why, fix } of problems) console.log(`line ${line}${column === null ? '' : `, ${column}`}${value === null ? '' : ` “${value}”`}: ${why} ${fix}`)
  if (next !== null) console.log('... and more; --result FILE writes them all.')
}

/** Works on it here, or watches a server that took it up first. */
async function finished(database: Database, organizationId: OrganizationId, importId: string): Promise<ImportView> {
  let told = -1
  for (;;) {
    await workOnImport({ database, clock: systemClock }, organizationId, importId)
    const view = await getImport(commandLineCaller(database, organizationId), importId)
    if (!['checking', 'running', 'undoing'].includes(view.status)) return view
    if (view.progress.done !== told) console.error(`${view.progress.done} of ${view.progress.total} rows`)
    told = view.progress.done
    await sleep(500)
  }
}

async function takeBack(database: Database, organizationId: OrganizationId, importId: string): Promise<void> {
  await startUndo(commandLineCaller(database, organizationId), importId, 'undone on the command line')
  const { status, outcome } = await finished(database, organizationId, importId)
  for (const { movementId, why } of outcome?.blocked ?? []) console.log(`movement ${movementId}: ${why}`)
  for (const { kind, name, why } of outcome?.kept ?? []) console.log(`${kind} ${name} stays: ${why}`)
  console.log(status === 'undone' ? 'The import was taken back.' : `${outcome?.why ?? 'Nothing was changed.'} ${outcome?.next ?? ''}`)
  if (status !== 'undone') process.exitCode = 1
}

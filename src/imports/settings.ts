import { z } from 'zod'
import { instant } from '#src/ledger/contract.ts'
import { code, line } from '#src/lib/fields.ts'
import { uomCode } from '#src/catalog/contract.ts'
import { dateFieldNames, fields, guessMapping, numberFieldNames, type Field, type Mapping } from './fields.ts'
import { dateFormats, guessDateFormat, guessDecimalMark, isNoDate, parseDate, parseNumber, type Guess } from './formats.ts'

const column = z.string().max(1000)
/** How a file is read and what it may bring with it. */
export const importSettings = z.strictObject({
  mapping: z.strictObject(Object.fromEntries(fields.map((field) => [field, column.optional()])) as { [field in Field]: z.ZodOptional<typeof column> }),
  dateFormat: z.enum(dateFormats).nullable().describe('How its dates are written; null is a question.'),
  decimal: z.enum(['point', 'comma']).nullable().describe('What separates decimals; null is a question.'),
  spaces: z.enum(['trim', 'keep']).describe('Blanks around a cell: cut off, or part of the code.'),
  facility: code.nullable().describe('The facility of rows that name none.'),
  defaultPlace: code.nullable().describe('The place of rows that name none; null: the facility itself.'),
  createProducts: z.boolean(),
  createPlaces: z.boolean(),
  createParties: z.boolean(),
  defaultUom: uomCode.describe('Base unit of measure of new products whose row names none.'),
  missingLot: code.nullable().describe('A lot code for rows without one, of products tracked by lot; null: they have no lot.'),
  raiseTracking: z.boolean().describe('A product that is not tracked by lot or serial becomes so where rows name one; products an import made always do.'),
  duplicates: z.enum(['careful', 'sum', 'refuse']).describe('Several rows for one product, lot and place: added up, but exact copies of a row refused; always added up; always refused.'),
  unquoteFormulas: z.boolean().describe('The apostrophe that our own exports put before what a spreadsheet would compute is taken away.'),
  identitiesOnly: z.boolean().describe('Rows state no quantity: products, lots and places are registered, stock stays as it is.'),
  occurredAt: instant.nullable().describe('When the stock was counted; null: when the import runs.'),
  costCurrency: z.string().regex(/^[A-Z]{3}$/).nullable(),
  reason: line(200),
})
export type ImportSettings = z.output<typeof importSettings>

/** Something only a person can say, with what would do. */
export const question = z.object({
  setting: z.string(), why: z.string(),
  candidates: z.array(z.object({ value: z.string(), examples: z.array(z.object({ text: z.string(), meaning: z.string() })) })),
})
export type Question = z.output<typeof question>

export interface Table {
  readonly header: readonly string[]
  readonly rows: readonly { readonly cells: readonly string[]; readonly problem: unknown }[]
}

const standard = {
  dateFormat: null, decimal: null, spaces: 'trim', facility: null, defaultPlace: null, createProducts: true, createPlaces: true, createParties: true, defaultUom: 'each', missingLot: null,
  raiseTracking: false, duplicates: 'careful', unquoteFormulas: false, identitiesOnly: false, occurredAt: null, costCurrency: null, reason: 'opening stock',
} as const satisfies Omit<ImportSettings, 'mapping'>

/** The settings proposed for a file: those its source had last where its columns are still there, else what the file itself suggests. */
export function proposeSettings(table: Table, saved: ImportSettings | null, ownExport: boolean): ImportSettings {
  const filled = new Map(table.header.map((_, at) => [at, table.rows.reduce((sum, { cells }) => sum + (cells[at]?.trim() ? 1 : 0), 0)]))
  const kept = saved && Object.values(saved.mapping).every((name) => name === undefined || table.header.includes(name)) ? saved : null
  const mapping = kept?.mapping ?? guessMapping(table.header, (at) => filled.get(at) ?? 0)
  const own = ownExport ? { spaces: 'keep', unquoteFormulas: true, identitiesOnly: mapping.quantity === undefined } as const : {}
  const before: ImportSettings = { ...standard, ...saved, ...own, occurredAt: null, mapping }
  return { ...before, dateFormat: chosen(dateGuess(table, mapping), before.dateFormat, 'YYYY-MM-DD'), decimal: chosen(decimalGuess(table, mapping), before.decimal, 'point') }
}

/** What is sure is taken, what is not is asked again unless the source was read so before. */
function chosen<Format extends string>(guess: Guess<Format>, before: Format | null, none: Format | null): Format | null {
  if ('sure' in guess) return guess.sure ?? before ?? none
  return before !== null && guess.either.includes(before) ? before : null
}

/**
 * The settings after columns were chosen by hand: where other columns are dates or numbers now, how they are written is
 * found out again, and asked where it is not clear. What was said with the columns, or of the same ones before, stays.
 */
export function refitSettings(table: Table, before: ImportSettings, after: ImportSettings, said: ReadonlySet<string>): ImportSettings {
  const again = <Format extends string>(name: 'dateFormat' | 'decimal', wanted: readonly Field[], guessOf: (table: Table, mapping: Mapping) => Guess<Format>, now: Format | null): Format | null => {
    if (said.has(name) || wanted.every((field) => before.mapping[field] === after.mapping[field])) return now
    const guess = guessOf(table, after.mapping)
    const was = guessOf(table, before.mapping)
    // of no column there was nothing to be sure of
    return chosen(guess, 'sure' in was && was.sure === null ? null : now, now ?? null)
  }
  return { ...after, dateFormat: again('dateFormat', dateFieldNames, dateGuess, after.dateFormat), decimal: again('decimal', numberFieldNames, decimalGuess, after.decimal) }
}

/** What has to be answered before the rows can be looked at. */
export function openQuestions(table: Table, settings: ImportSettings): Question[] {
  const { mapping } = settings
  const questions: Question[] = []
  const columns = table.header.map((name) => ({ value: name, examples: samples(table, name).map((text) => ({ text, meaning: text })) }))
  if (mapping.product === undefined) questions.push({ setting: 'mapping.product', why: 'No column was recognised as the code of the product.', candidates: columns })
  if (mapping.quantity === undefined && mapping.serial === undefined && !settings.identitiesOnly) questions.push({ setting: 'mapping.quantity', why: 'No column was recognised as the quantity; where there is none, set identitiesOnly.', candidates: columns })
  if (mapping.facility === undefined && settings.facility === null && needsFacility(settings)) questions.push({ setting: 'facility', why: 'The file does not say in which facility the stock is.', candidates: [] })
  if (settings.dateFormat === null) questions.push(ask('dateFormat', 'The dates can be read in more than one way.', dateGuess(table, mapping), values(table, mapping, dateFieldNames).filter((value) => !isNoDate(value)), parseDate))
  if (settings.decimal === null) questions.push(ask('decimal', 'The numbers can be read in more than one way.', decimalGuess(table, mapping), values(table, mapping, numberFieldNames), parseNumber))
  return questions
}

/** Lots and products alone stand nowhere. */
export function needsFacility({ mapping, identitiesOnly }: ImportSettings): boolean {
  return !identitiesOnly || mapping.place !== undefined
}

function ask<Format extends string>(setting: string, why: string, guess: Guess<Format>, all: readonly string[], parse: (text: string, format: Format) => string | undefined): Question {
  const either = 'either' in guess ? guess.either : []
  const telling = [...new Set(all)].filter((text) => new Set(either.map((format) => parse(text, format))).size > 1).slice(0, 3)
  return { setting, why, candidates: either.map((value) => ({ value, examples: telling.map((text) => ({ text, meaning: parse(text, value) ?? 'not readable' })) })) }
}

function dateGuess(table: Table, mapping: Mapping) {
  return guessDateFormat(values(table, mapping, dateFieldNames))
}

function decimalGuess(table: Table, mapping: Mapping) {
  return guessDecimalMark(values(table, mapping, numberFieldNames))
}

function values({ header, rows }: Table, mapping: Mapping, wanted: readonly Field[]): string[] {
  const columns = wanted.flatMap((field) => (mapping[field] === undefined ? [] : [header.indexOf(mapping[field])])).filter((at) => at >= 0)
  return rows.flatMap((row) => (row.problem ? [] : columns.map((at) => row.cells[at] ?? '')))
}

function samples({ header, rows }: Table, name: string): string[] {
  const at = header.indexOf(name)
  const found: string[] = []
  for (const { cells, problem } of rows) {
    const cell = cells[at]?.trim()
    if (problem || !cell || found.includes(cell)) continue
    found.push(cell)
    if (found.length === 3) break
  }
  return found
}

import { createHash } from 'node:crypto'
import { toGtin14 } from '#src/gs1/keys.ts'
import { isOneLine } from '#src/lib/fields.ts'
import type { ImportProblemCode } from '#src/lib/import-problems.ts'
import type { RefusalData } from '#src/lib/refusal.ts'
import type { LotDates } from '#src/lots/register-lot.ts'
import { dateFieldNames, type Field } from './fields.ts'
import { isNoDate, parseDate, parseNumber } from './formats.ts'
import { fault, note, type Note, type Problem } from './problems.ts'
import type { ImportSettings } from './settings.ts'

/** Characters of a code, and of a text for people, at most. */
const MOST_CODE = 90
const MOST_TEXT = 300

export interface RawRow {
  readonly rowNo: number
  readonly line: number
  readonly cells: readonly string[]
}

/** What a row says, in our words; nothing is looked up yet. */
export interface Stated {
  readonly rowNo: number
  readonly line: number
  readonly product: string
  readonly name: string | null
  readonly gtin: string | null
  readonly tracking: 'none' | 'lot' | 'serial' | 'lot_and_serial' | null
  readonly lot: string | null
  readonly issuer: string | null
  readonly family: string | null
  readonly serial: string | null
  readonly dates: LotDates
  /** null: it stands nowhere, and only product and lot are registered. */
  readonly facility: string | null
  readonly place: string | null
  readonly plate: string | null
  readonly owner: string | null
  /** Plain decimal in `uom`; null: the row states no quantity. */
  readonly quantity: string | null
  readonly uom: string | null
  readonly second: string | null
  readonly secondUom: string | null
  readonly scale: number | null
  readonly dateKind: 'none' | 'best_by' | 'sell_by' | 'use_by' | 'expiry' | null
  readonly measured: boolean
  readonly unitCost: string | null
  readonly costCurrency: string | null
  readonly notes: readonly Note[]
  /** What makes it bad before anything is looked up. */
  readonly problems: readonly Problem[]
  /** Equal for rows whose every cell is equal; kept instead of the cells, which are many. */
  readonly copy: string
}

/** Reads one row by the settings. A row with a problem is not imported; all problems of it are told at once. */
export function interpret(header: readonly string[], settings: ImportSettings, row: RawRow): Stated {
  return new Reader(header, settings, row).read()
}

class Reader {
  readonly #header: readonly string[]
  readonly #settings: ImportSettings
  readonly #row: RawRow
  readonly #problems: Problem[] = []
  readonly #notes: Note[] = []
  constructor(header: readonly string[], settings: ImportSettings, row: RawRow) {
    this.#header = header
    this.#settings = settings
    this.#row = row
  }

  read(): Stated {
    const settings = this.#settings
    const stands = !settings.identitiesOnly || settings.mapping.place !== undefined
    const serial = this.#code('serial')
    const stated: Stated = {
      rowNo: this.#row.rowNo, line: this.#row.line, product: this.#code('product') ?? '', name: this.#name('name'), gtin: this.#gtin(),
      tracking: this.#choice('tracking', ['none', 'lot', 'serial', 'lot_and_serial']), lot: this.#code('lot'), issuer: this.#name('issuer'), family: this.#code('family'), serial,
      dates: this.#dates(), facility: stands ? (this.#code('facility') ?? settings.facility) : null, place: stands ? (this.#code('place') ?? settings.defaultPlace) : null,
      plate: this.#code('plate'), owner: this.#name('owner'), quantity: this.#quantity(serial), uom: this.#code('uom'), second: this.#number('secondQuantity', 'second_quantity'), secondUom: this.#code('secondUom'),
      scale: this.#scale(), dateKind: this.#choice('dateKind', ['none', 'best_by', 'sell_by', 'use_by', 'expiry']), measured: this.#cell('measured').toLowerCase() === 'true',
      unitCost: this.#number('unitCost', 'unit_cost'), costCurrency: this.#currency(), notes: this.#notes, problems: this.#problems, copy: createHash('sha1').update(this.#row.cells.join('\u001f')).digest('base64'),
    }
    if (stated.product === '' && !this.#problems.some(({ code }) => code === 'code_invalid')) this.#problem('product', 'product_missing')
    if (stands && stated.facility === null) this.#problem('facility', 'facility_missing')
    return stated
  }

  /** The text of a cell; '' where no column is this field. */
  #cell(field: Field): string {
    const column = this.#settings.mapping[field]
    if (column === undefined) return ''
    let text = this.#row.cells[this.#header.indexOf(column)] ?? ''
    if (this.#settings.unquoteFormulas) text = unquoteFormula(text)
    if (this.#settings.spaces === 'keep') return text
    const trimmed = text.trim()
    if (trimmed !== text && trimmed !== '') this.#notes.push(note('blanks_cut', { text: trimmed, column }))
    return trimmed
  }

  /** A code, byte for byte. */
  #code(field: Field): string | null {
    const text = this.#cell(field)
    if (text.trim() === '') return null
    if ([...text].length > MOST_CODE) this.#problem(field, 'code_too_long', { most: MOST_CODE })
    else if (!isOneLine(text)) this.#problem(field, 'code_invalid')
    return text
  }

  /** A text for people: line ends in it become blanks. */
  #name(field: Field): string | null {
    const text = this.#cell(field)
    if (text.trim() === '') return null
    const line = text.replace(/\s+/g, ' ').trim()
    if (line.length > MOST_TEXT) this.#problem(field, 'text_too_long', { most: MOST_TEXT })
    else if (!isOneLine(line)) this.#problem(field, 'text_invalid')
    return line
  }

  #gtin(): string | null {
    const text = this.#cell('gtin').trim()
    if (text === '') return null
    if (toGtin14(text) === undefined) this.#problem('gtin', 'gtin_wrong')
    return text
  }

  #choice<const Choice extends string>(field: Field, choices: readonly Choice[]): Choice | null {
    const text = this.#cell(field).trim()
    if (text === '') return null
    const choice = choices.find((one) => one === text.toLowerCase())
    if (choice === undefined) this.#problem(field, 'choice_unknown', { choices: [...choices] })
    return choice ?? null
  }

  #dates(): LotDates {
    const dates: { [field in (typeof dateFieldNames)[number]]?: string } = {}
    for (const field of dateFieldNames) {
      const text = this.#cell(field)
      if (isNoDate(text)) continue
      const { dateFormat } = this.#settings
      const day = dateFormat === null ? undefined : parseDate(text, dateFormat)
      if (day === undefined) this.#problem(field, 'date_invalid', { format: dateFormat })
      else dates[field] = day
    }
    return dates
  }

  /** What is on hand; of a serial without a quantity it is one. */
  #quantity(serial: string | null): string | null {
    const { mapping, identitiesOnly } = this.#settings
    if (identitiesOnly) return null
    const text = this.#cell('quantity')
    if (text.trim() === '') {
      if (serial !== null) return '1'
      this.#problem('quantity', mapping.quantity === undefined ? 'quantity_no_column' : 'quantity_missing')
      return null
    }
    return this.#number('quantity', 'quantity')
  }

  #number(field: 'quantity' | 'secondQuantity' | 'unitCost', what: 'quantity' | 'second_quantity' | 'unit_cost'): string | null {
    const text = this.#cell(field)
    if (text.trim() === '') return null
    const { decimal } = this.#settings
    const plain = decimal === null ? undefined : parseNumber(text, decimal)
    if (plain === undefined) this.#problem(field, `${what}_invalid`, { mark: decimal === 'comma' ? ',' : '.' })
    else if (plain.startsWith('-')) this.#problem(field, `${what}_negative`)
    else return plain
    return null
  }

  #scale(): number | null {
    const text = this.#cell('scale').trim()
    if (text === '') return null
    if (!/^\d$/.test(text)) this.#problem('scale', 'scale_invalid')
    return Number(text)
  }

  #currency(): string | null {
    const text = this.#cell('costCurrency').trim().toUpperCase()
    if (text === '') return this.#settings.costCurrency
    if (!/^[A-Z]{3}$/.test(text)) this.#problem('costCurrency', 'currency_invalid')
    return text
  }

  #problem(field: Field, code: ImportProblemCode, params: RefusalData = {}): void {
    const column = this.#settings.mapping[field] ?? null
    this.#problems.push({ column, value: column === null ? null : (this.#row.cells[this.#header.indexOf(column)] ?? null), ...fault(code, params) })
  }
}

/** What a spreadsheet would take for a formula. */
const FORMULA = /^'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/u

/** Puts one apostrophe before what a spreadsheet would compute, and before what has one already: so it can be taken off again exactly. */
export function quoteFormula(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text
}

/** Takes off what `quoteFormula` put on. */
export function unquoteFormula(text: string): string {
  return text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text
}

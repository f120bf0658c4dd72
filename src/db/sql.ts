import type { QueryConfig, QueryResult, QueryResultRow } from 'pg'

/** A parameterised statement; values never enter the text. */
export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
  /** Set where the text is fixed, so that the server plans it once per connection. */
  readonly name?: string
}

const names = new WeakMap<TemplateStringsArray, { name: string; text: string }>()
let lastName = 0

const fragmentBrand = Symbol('fragment')
interface Fragment extends Statement {
  readonly [fragmentBrand]: true
}

/**
 * `sql\`select ... where lot_id = ${lotId}\`` makes a statement with `$1`. A nested `sql` is spliced in with its values;
 * a text without nested parts is prepared under a name of its own on every connection that runs it.
 */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Statement {
  if (!values.some(isFragment)) {
    let known = names.get(strings)
    if (!known) {
      const text = strings.reduce((sum, part, at) => (at === 0 ? part : `${sum}$${at}${part}`), '')
      known = { name: `lw${(lastName += 1)}`, text }
      names.set(strings, known)
    }
    return { ...known, values, [fragmentBrand]: true } as Fragment
  }
  const all: unknown[] = []
  let text = ''
  strings.forEach((part, at) => {
    text += part
    if (at >= values.length) return
    const value = values[at]
    if (isFragment(value)) {
      text += value.text.replace(/\$(\d+)/g, (_, number: string) => `$${Number(number) + all.length}`)
      all.push(...value.values)
    } else {
      all.push(value)
      text += `$${all.length}`
    }
  })
  return { text, values: all, [fragmentBrand]: true } as Fragment
}

/** Joins fragments: `join([sql\`a = ${1}\`, sql\`b = ${2}\`], ' and ')`; the separator is ours, never input. */
export function join(parts: readonly Statement[], separator: ' and ' | ' or ' | ', '): Statement {
  let text = ''
  const values: unknown[] = []
  parts.forEach((part, at) => {
    if (at > 0) text += separator
    text += part.text.replace(/\$(\d+)/g, (_, number: string) => `$${Number(number) + values.length}`)
    values.push(...part.values)
  })
  return { text, values, [fragmentBrand]: true } as Fragment
}

const preparedNames = new Map<string, string>()
const MOST_PREPARED = 300

/**
 * The statement under a name that follows from its text, so that the server plans it once per connection: for one put
 * together from nested parts that come in few combinations. Beyond a few hundred texts it stays as it is.
 */
export function prepared(statement: Statement): Statement {
  let name = preparedNames.get(statement.text)
  if (name === undefined) {
    if (preparedNames.size >= MOST_PREPARED) return statement
    name = `lwp${preparedNames.size + 1}`
    preparedNames.set(statement.text, name)
  }
  return { text: statement.text, values: statement.values, name }
}

function isFragment(value: unknown): value is Fragment {
  return typeof value === 'object' && value !== null && fragmentBrand in value
}

/** What query functions take first: a transaction (or a connection) that runs statements. Only `db/transaction.ts` makes one. */
export interface Tx {
  /** The rows of one statement. Row types are ours to state: `tx.rows<{ lot_id: string }>(sql\`...\`)`. */
  rows<Row extends QueryResultRow>(statement: Statement): Promise<Row[]>
  /** The first row, or undefined. */
  row<Row extends QueryResultRow>(statement: Statement): Promise<Row | undefined>
  /** Runs a statement and gives the number of rows it touched. */
  run(statement: Statement): Promise<number>
  /**
   * A statement nobody waits for before COMMIT: sent with what follows it, it saves the wait. Statements keep their order,
   * and where it fails the transaction is rolled back and `inTransaction` throws its failure.
   */
  later(statement: Statement): void
}

/** The pg query of a statement. */
export function toQuery(statement: Statement): QueryConfig {
  const { text, values, name } = statement
  return name === undefined ? { text, values: [...values] } : { name, text, values: [...values] }
}

export type { QueryResult }

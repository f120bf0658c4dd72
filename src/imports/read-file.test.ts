import { describe, expect, test } from 'vitest'
import { readFile, UnreadableFile, type ReadFile } from './read-file.ts'

const names = new Set(['sku', 'lot', 'qty'])
const read = (text: string | Uint8Array, more: { delimiter?: string; mostRows?: number; headerLine?: number; encoding?: 'utf-8' } = {}): Promise<ReadFile> =>
  readFile(typeof text === 'string' ? new TextEncoder().encode(text) : text, { recognise: (cells) => cells.filter((cell) => names.has(cell)).length, mostRows: 1000, ...more })
const rows = ({ rows: all }: ReadFile) => all.map(({ line, cells, problem }) => [line, ...cells, ...(problem ? [problem.code] : [])])

describe('a file', () => {
  test('is read with the line of each row, over quoted line ends, blank lines and mixed ones', async () => {
    const file = await read('sku,lot,qty\r\nA,"x\ny ""z""",1\n\n,,\nB,L2,2\rC,L3,3\r\n')
    expect([file.delimiter, file.encoding, file.headerLine]).toEqual([',', 'UTF-8', 1])
    expect(rows(file)).toEqual([[2, 'A', 'x\ny "z"', '1'], [6, 'B', 'L2', '2'], [7, 'C', 'L3', '3']])
    expect(file.notes.map(({ text }) => text)).toEqual(['Blank lines that were left out: 1.'])
  })

  test('keeps identifiers byte for byte', async () => {
    expect(rows(await read('sku,lot,qty\n007,1E10,1\n 7 ,1234567890123456789,+2\n'))).toEqual([[2, '007', '1E10', '1'], [3, ' 7 ', '1234567890123456789', '+2']])
  })

  test.each([[';', 'sku;lot;qty\n1,5;a,b;2\n'], ['\t', 'sku\tlot\tqty\na, b\tL;1\t3\n'], ['|', 'sku|lot|qty\na|b|1\n'], [',', 'sku,lot,qty\n"a;b;c;d",x,1\n']])('with the delimiter %j is understood', async (delimiter, text) => {
    const file = await read(text)
    expect([file.delimiter, file.header]).toEqual([delimiter, ['sku', 'lot', 'qty']])
  })

  test('in UTF-8 with a byte order mark, in UTF-16 and in Windows-1252 is read, the last with a word about it', async () => {
    expect((await read('\ufeffsku,lot\nKäse,1\n')).header).toEqual(['sku', 'lot'])
    const utf16 = await read(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('sku,lot\nKäse,1\n', 'utf16le')]))
    expect([utf16.encoding, ...rows(utf16)]).toEqual(['UTF-16', [2, 'Käse', '1']])
    const western = await read(Buffer.from('sku,lot\nKäse \x80,1\n', 'latin1'))
    expect(rows(western)).toEqual([[2, 'Käse €', '1']])
    expect(western.notes[0]?.code).toBe('not_utf8')
  })

  test('with titles above the header says what it left out', async () => {
    const file = await read('Stock list\nprinted 2025-01-01\n\nsku,lot,qty\nA,L,1\n')
    expect([file.header, file.headerLine, rows(file)]).toEqual([['sku', 'lot', 'qty'], 4, [[5, 'A', 'L', '1']]])
    expect(file.notes.map(({ text }) => text)).toContain('The names of the columns were found in line 4. Lines above it that were left out: 2.')
  })

  test('with columns of the same or of no name gives each a name', async () => {
    expect((await read('sku,qty,qty,\nA,1,2,3\n')).header).toEqual(['sku', 'qty', 'qty (2)', 'column 4'])
  })

  test('reports each broken row and reads all others', async () => {
    const text = 'sku,lot,qty\n1,2\n1,2,3,4\n1,2,3,,\n"bad" x,2,3\n8,9,10\n11,ab"c,12\n13,"open,14\n15,16,17\n18,"q",19\n20,"never\nclosed,21\n'
    expect(rows(await read(text))).toEqual([
      [2, '1', '2', 'row_short'], [3, '1', '2', '3', '4', 'row_long'], [4, '1', '2', '3'], [5, '"bad" x,2,3', 'row_quote_wrong'], [6, '8', '9', '10'], [7, '11,ab"c,12', 'row_quote_wrong'],
      [8, '13,"open,14', 'row_quote_wrong'], [9, '15', '16', '17'], [10, '18', 'q', '19'], [11, '20,"never', 'row_quote_open'], [12, 'closed', '21', 'row_short'],
    ])
  })

  test('of 20,000 rows with a broken one among them keeps every line', async () => {
    const lines = Array.from({ length: 20_000 }, (_, at) => (at === 12_345 ? 'x,"y,1' : `S${at},L${at},${at}`))
    const file = await read(`sku,lot,qty\n${lines.join('\n')}\n`, { mostRows: 30_000 })
    expect([file.rows.length, file.rows.filter(({ problem }) => problem).map(({ line }) => line), file.rows.at(-1)?.line]).toEqual([20_000, [12_347], 20_001])
  })

  test('takes its names from the line that is said to hold them', async () => {
    const file = await read('sku,lot,qty\nArticle,Charge,Number\nA,L,1\n', { headerLine: 2 })
    expect([file.header, rows(file), file.notes.map(({ code, params }) => [code, params])]).toEqual([['Article', 'Charge', 'Number'], [[3, 'A', 'L', '1']], [['header_given', { line: 2, above: 1 }]]])
  })

  test.each<[string, string | Uint8Array, string, { headerLine?: number; encoding?: 'utf-8' }]>([
    ['nothing', '  \n', 'import_empty', {}],
    ['a row too many', `sku,lot\n${'a,b\n'.repeat(1001)}`, 'import_too_many_rows', {}],
    ['a workbook', Buffer.from('504b0304140006000800', 'hex'), 'import_not_text', {}],
    ['a picture', Buffer.from('89504e470d0a1a0a0000', 'hex'), 'import_not_text', {}],
    ['noise', Buffer.from(Array.from({ length: 500 }, (_, at) => at % 7)), 'import_not_text', {}],
    ['no line of that number', 'sku,lot\na,b\n', 'import_no_header', { headerLine: 9 }],
    ['letters of another encoding', Buffer.from('sku,lot\nK\xe4se,1\n', 'latin1'), 'import_not_utf8', { encoding: 'utf-8' }],
    ['quotes all over', `sku,lot\n${'a"b,c\n'.repeat(1002)}`, 'import_quotes_broken', {}],
  ])('of %s is refused', async (_, text, code, more) => {
    const refused = await read(text, more).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(UnreadableFile)
    expect((refused as UnreadableFile).refusal.refused).toBe(code)
  })

  test('with a stray NUL is read, with a word about it', async () => {
    const file = await read('sku,lot\nA\0B,1\n')
    expect([rows(file), file.notes.map(({ code }) => code)]).toEqual([[[2, 'A\ufffdB', '1']], ['nul_characters']])
  })
})

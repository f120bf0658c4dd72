/** What is wrong with a row of a file (values of the problem in braces) and how it is mended. */
export interface ImportProblemText {
  readonly why: string
  readonly fix: string
}

/**
 * The catalogue of what can be wrong with a row of an import. A code is used in code, in the API's rows and as the key of
 * its translation. What the ledger itself refuses of a row is in `refusals.ts`.
 */
export const importProblems = {
  // the row as it stands in the file
  row_short: { why: 'The row has {cells} cells, the header {columns}.', fix: 'Add the missing cells; an empty one needs its delimiter too.' },
  row_long: { why: 'The row has {cells} cells, the header {columns}.', fix: 'Put cells that hold the delimiter in quotation marks, or take what is too much away.' },
  row_quote_open: { why: 'A quotation mark is opened in this row and never closed.', fix: 'Close it, or double it where it belongs to the text ("" for ").' },
  row_quote_wrong: { why: 'A quotation mark stands inside a cell of this row, or is followed by more text.', fix: 'Put the whole cell in quotation marks and double those inside it.' },
  row_too_large: { why: 'The row is longer than {bytes} bytes; a quotation mark may not be closed.', fix: 'Look at the quotation marks in this row.' },
  row_unreadable: { why: 'The row cannot be read ({detail}).', fix: 'Look at its quotation marks and delimiters.' },
  // a cell by itself
  product_missing: { why: 'The row names no product.', fix: 'Fill in the code of the product.' },
  facility_missing: { why: 'The row names no facility.', fix: 'Fill it in, or name one facility for all rows.' },
  code_too_long: { why: 'It has more than {most} characters.', fix: 'Shorten it.' },
  code_invalid: { why: 'It holds a line end or another control character.', fix: 'Take it out of the cell.' },
  text_too_long: { why: 'It has more than {most} characters.', fix: 'Shorten it.' },
  text_invalid: { why: 'It holds a control character.', fix: 'Take it out of the cell.' },
  gtin_wrong: { why: 'It is no GTIN: 8, 12, 13 or 14 digits, the last of which is the check digit.', fix: 'Correct it, or leave the cell empty.' },
  choice_unknown: { why: 'It is none of {choices}.', fix: 'Choose one of these, or leave the cell empty.' },
  date_invalid: { why: 'It is no day written as {format}.', fix: 'Write it as {format}, or leave the cell empty.' },
  quantity_missing: { why: 'The quantity is empty.', fix: 'Fill it in; 0 where there is none.' },
  quantity_no_column: { why: 'There is no column with a quantity, and the row names no serial.', fix: 'Say which column is the quantity.' },
  quantity_invalid: { why: 'It is no plain number such as 12 or 1{mark}5, with 9 decimals at most.', fix: 'Write it in digits alone: no unit, no exponent, no letter O for a zero.' },
  quantity_negative: { why: 'It is below zero.', fix: 'Nothing can be on hand below zero: count again, and write 0 where there is none.' },
  second_quantity_invalid: { why: 'It is no plain number such as 12 or 1{mark}5, with 9 decimals at most.', fix: 'Write it in digits alone: no unit, no exponent, no letter O for a zero.' },
  second_quantity_negative: { why: 'It is below zero.', fix: 'Correct it, or leave the cell empty.' },
  unit_cost_invalid: { why: 'It is no plain number such as 12 or 1{mark}5, with 9 decimals at most.', fix: 'Write it in digits alone: no currency, no exponent, no letter O for a zero.' },
  unit_cost_negative: { why: 'It is below zero.', fix: 'Correct it, or leave the cell empty.' },
  scale_invalid: { why: 'Decimals are 0 to 9.', fix: 'Correct it, or leave the cell empty.' },
  currency_invalid: { why: 'A currency has three letters (ISO 4217).', fix: 'Write it as EUR, USD ...' },
  // what the row speaks of
  product_unknown: { why: 'There is no such product.', fix: 'Create it, correct the code, or let the import create products.' },
  product_ambiguous: { why: 'The code leads to several products: {products}.', fix: 'Write the SKU of the one that is meant.' },
  uom_unknown: { why: 'There is no unit of measure {uom}.', fix: 'Create it, or correct the cell.' },
  uom_not_of_product: { why: '{product} is kept in {baseUom} and has no conversion for {uom}.', fix: 'Write the quantity in {baseUom}, or add the conversion to the product.' },
  second_quantity_not_kept: { why: 'No second quantity is kept of {product}.', fix: 'Leave the cell empty, or give the product a second unit of measure.' },
  facility_unknown: { why: 'There is no facility {facility}.', fix: 'Create it, correct the cell, or let the import create places.' },
  place_unknown: { why: 'There is no place {place} in {facility}.', fix: 'Create it, correct the cell, or let the import create places.' },
  party_unknown: { why: 'There is no party of this code or name.', fix: 'Create it, correct the cell, or let the import create parties.' },
  party_ambiguous: { why: 'Several parties are called so.', fix: 'Write the code of the one that is meant.' },
  lot_missing: { why: '{product} is tracked by lot, and the row names none.', fix: 'Fill in the lot, or name one lot for all such rows.' },
  lot_ambiguous: { why: 'Several issuers use this lot code: {issuers}.', fix: 'Name the issuer in a column of its own.' },
  lot_date_differs: { why: 'The lot {lot} has {date} as this date.', fix: 'Check the label. If ours is wrong, correct the lot first.' },
  lot_date_differs_in_file: { why: 'Line {line} says {date} for the same lot {lot}.', fix: 'Check the label and correct one of the two.' },
  lot_not_tracked: { why: '{product} is not tracked by lot.', fix: 'Track it by lot from now on, or let the import do so, or leave the cell empty.' },
  units_not_tracked: { why: '{product} is not tracked by serial.', fix: 'Track it by serial from now on, or let the import do so, or leave the cell empty.' },
  units_missing: { why: '{product} is tracked by unit, and the row names none.', fix: 'Write a row for each serial.' },
  unit_twice: { why: 'Line {line} has the same serial.', fix: 'Correct one of the two, or leave one out.' },
  serial_is_one: { why: 'One serial is one piece.', fix: 'Write 1 (or 0 where it is not there), a row for each serial.' },
  unit_ambiguous: { why: 'Several issuers use this serial.', fix: 'Adjust this one by hand, naming the issuer.' },
  unit_allocated: { why: 'The unit is promised.', fix: 'Release the promise first.' },
  unit_already_in_stock: { why: 'The unit is in stock in {place}.', fix: 'Correct the place, or move the unit.' },
  unit_with_customer: { why: 'The unit was shipped to {place}.', fix: 'Post a return, or correct the serial.' },
  unit_of_other_lot: { why: 'The unit belongs to another lot.', fix: 'Check the label.' },
  piece_measure_differs: { why: 'The piece measures {measure} in the book.', fix: 'Adjust or cut this piece by hand.' },
  // its quantity against what is there
  quantity_not_exact: { why: '{quantity} {uom} is not exact in {baseUom} with {scale} decimals.', fix: 'Round it to what can be counted.' },
  quantity_too_large: { why: 'It has more than 18 digits before the decimals.', fix: 'Check the quantity.' },
  stock_allocated: { why: '{allocated} of it is promised; only {free} can be taken off.', fix: 'Release what is promised first.' },
  // several rows of one product, lot and place
  row_twice: { why: 'Line {line} is the same in every cell.', fix: 'Leave it out; or, if these are two piles, have duplicate rows added up.' },
  row_same_key: { why: 'Line {line} is of the same product, lot and place.', fix: 'Add the two up in one row, or have duplicate rows added up.' },
  row_same_key_bad: { why: 'Line {line} is of the same product, lot and place and cannot be read, so their sum is not known.', fix: 'Correct that row.' },
} as const satisfies Readonly<Record<string, ImportProblemText>>
export type ImportProblemCode = keyof typeof importProblems

/** What was done with a file or a row that its sender may not expect; no fault of it. */
export const importNotes = {
  // with the file
  not_utf8: 'The file is not UTF-8, so it was read as Windows-1252 (Western European). If letters with accents look wrong, save it as UTF-8 and upload it again.',
  nul_characters: 'The file has NUL characters, which stand as � now: it may be damaged, or not a text file.',
  header_found: 'The names of the columns were found in line {line}. Lines above it that were left out: {above}.',
  header_given: 'The names of the columns were taken from line {line}, as you said. Lines above it that were left out: {above}.',
  blank_lines: 'Blank lines that were left out: {count}.',
  own_export: 'The file is an export of Lotwise: blanks are kept, and the apostrophes before what a spreadsheet would compute are taken off again.',
  source_known: 'It is read as the last file of {source} was.',
  // with a row
  blanks_cut: 'Blanks around “{text}” in {column} were cut off.',
  lot_filled_in: 'The row names no lot; it is put into {lot}.',
  lot_of_other_issuer: 'A lot {lot} by {issuers} is there; this one is by another issuer and so another lot.',
  lot_gets_date: 'The lot {lot} has no such date yet and gets it.',
  tracked_by_lot: '{product} is tracked by lot from this import on.',
  tracked_by_serial: '{product} is tracked by serial from this import on.',
  tracked_by_lot_and_serial: '{product} is tracked by lot and serial from this import on.',
  row_added: 'Added to line {line}: the same product, lot and place.',
} as const satisfies Readonly<Record<string, string>>
export type ImportNoteCode = keyof typeof importNotes

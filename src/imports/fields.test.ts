import { describe, expect, test } from 'vitest'
import { guessMapping } from './fields.ts'

describe('the columns of', () => {
  test.each([
    ['OpenBoxes', 'Product code,Product name,Lot number,Expiration date,Bin location,OB QOH,Physical QOH,Comment',
      { product: 'Product code', name: 'Product name', lot: 'Lot number', expiresOn: 'Expiration date', place: 'Bin location', quantity: 'Physical QOH' }],
    ['a German stock list', 'Artikelnr.;Bezeichnung;Charge;MHD;Lagerplatz;Menge;Einheit', { product: 'Artikelnr.', name: 'Bezeichnung', lot: 'Charge', bestBy: 'MHD', place: 'Lagerplatz', quantity: 'Menge', uom: 'Einheit' }],
    ['a French one', 'Code article;Désignation;N° lot;Date de péremption;Emplacement;Quantité', { product: 'Code article', name: 'Désignation', lot: 'N° lot', expiresOn: 'Date de péremption', place: 'Emplacement', quantity: 'Quantité' }],
    ['a list of serials', 'SKU,Description,Serial Number,Warehouse,Location,Cost', { product: 'SKU', name: 'Description', serial: 'Serial Number', facility: 'Warehouse', place: 'Location', unitCost: 'Cost' }],
    ['our own export', 'product,name,tracking,lot,issuer,expires_on,facility,place,owner,quantity,uom', { product: 'product', name: 'name', tracking: 'tracking', lot: 'lot', issuer: 'issuer', expiresOn: 'expires_on', facility: 'facility', place: 'place', owner: 'owner', quantity: 'quantity', uom: 'uom' }],
    ['names only', 'Item description,Qty', { product: 'Item description', name: 'Item description', quantity: 'Qty' }],
    ['something else', 'foo,bar', {}],
  ])('%s are understood', (_, header, mapping) => {
    expect(guessMapping(header.split(/[,;]/), () => 1)).toEqual(mapping)
  })

  test('a file with an empty column beside a filled one of the same meaning are told apart', () => {
    expect(guessMapping(['Quantity', 'On hand'], (at) => at * 5)).toEqual({ quantity: 'On hand' })
  })
})

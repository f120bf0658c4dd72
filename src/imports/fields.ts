/** What a column of an opening-stock file can be. */
export const fields = [
  'product', 'name', 'gtin', 'tracking', 'lot', 'issuer', 'family', 'serial', 'madeOn', 'bestBy', 'sellBy', 'useBy', 'expiresOn',
  'facility', 'place', 'plate', 'owner', 'quantity', 'uom', 'secondQuantity', 'secondUom', 'scale', 'dateKind', 'measured', 'unitCost', 'costCurrency',
] as const
export type Field = (typeof fields)[number]

export const dateFieldNames = ['madeOn', 'bestBy', 'sellBy', 'useBy', 'expiresOn'] as const satisfies readonly Field[]
export const numberFieldNames = ['quantity', 'secondQuantity', 'unitCost'] as const satisfies readonly Field[]

/** Which column is which field; a column may be two (name and product). */
export type Mapping = { readonly [field in Field]?: string | undefined }

/**
 * Names columns go by, without case, accents, blanks and marks; the first of a field wins over those behind it. English
 * first, then what German, French, Spanish, Italian and Dutch files say.
 */
const names: { readonly [field in Field]: string } = {
  product: 'sku productcode productsku productnumber productno productid itemcode itemnumber itemno itemsku itemid stockcode partnumber partno partcode materialnumber material articlenumber articlecode articleno article code product item part artikelnummer artikelnr artikel materialnummer materialnr codearticle refarticle reference referencia codigo codigoproducto codicearticolo articolo artikelcode',
  name: 'productname itemname itemdescription productdescription description productdesc desc name title materialdescription bezeichnung artikelbezeichnung designation libelle descripcion nombre producto descrizione omschrijving',
  gtin: 'gtin gtin13 gtin14 ean ean13 upc barcode eancode',
  tracking: 'tracking trackedby',
  lot: 'lotnumber lotno lotcode lot batchnumber batchno batchcode batch lotserial lotserialnumber lotbatch dyelot charge chargennummer chargennr chargenummer numerodelot nlot lote numerodelote lotto numerolotto partij partijnummer',
  issuer: 'issuer lotissuer maker manufacturer manufacturername supplier suppliername vendor vendorname hersteller lieferant fabricant fournisseur fabricante proveedor',
  family: 'family lotfamily',
  serial: 'serialnumber serialno serial sn unitserial seriennummer seriennr numerodeserie nserie numerodiserie serienummer',
  madeOn: 'manufacturedate manufacturingdate manufacturedon productiondate madeon mfgdate mfd proddate dateofmanufacture herstellungsdatum produktionsdatum datedefabrication fechadefabricacion',
  bestBy: 'bestby bestbefore bestbeforedate bestbydate bbd bbe bb mhd mindesthaltbarkeitsdatum mindesthaltbarbis ddm dluo consumopreferente tmc tht',
  sellBy: 'sellby sellbydate',
  useBy: 'useby usebydate verbrauchsdatum dlc',
  expiresOn: 'expirationdate expirydate expiration expiry expireson expdate exp expires expire lotexpirationdate verfallsdatum verfalldatum ablaufdatum datedexpiration dateexpiration peremption datedeperemption fechadecaducidad caducidad vencimiento datadiscadenza scadenza vervaldatum',
  facility: 'facility facilitycode warehouse warehousecode site sitecode depot lager lagerort entrepot almacen magazzino magazijn',
  place: 'binlocation bin bincode place location locationcode stocklocation storagelocation shelf rack lagerplatz stellplatz fach emplacement ubicacion ubicazione locatie',
  plate: 'plate licenseplate licenceplate lpn sscc pallet palletid',
  owner: 'owner ownername consignor eigentumer proprietaire propietario',
  quantity: 'physicalqoh quantity qty physicalquantity physicalcount countedquantity counted onhand quantityonhand qtyonhand qoh stockonhand soh instock stock stocklevel currentstock balance count units pieces menge bestand stuckzahl anzahl quantite quantiteenstock cantidad existencias quantita giacenza aantal voorraad obqoh',
  uom: 'uom unitofmeasure unitofmeasurement baseuom unit mengeneinheit einheit unite unidad unita eenheid',
  secondQuantity: 'secondquantity catchweight',
  secondUom: 'seconduom',
  scale: 'scale decimals',
  dateKind: 'datekind',
  measured: 'measured',
  unitCost: 'unitcost cost costprice unitprice purchaseprice averagecost standardcost einkaufspreis ekpreis coutunitaire coste costounitario kostprijs',
  costCurrency: 'costcurrency currency wahrung devise moneda valuta',
}
const ranks = new Map(Object.entries(names).map(([field, text]) => [field as Field, new Map(text.split(' ').map((name, rank) => [name, rank]))]))

/** A column's name as it is compared. */
export function plainName(column: string): string {
  return column.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

/** Whether a field goes by this name; a column of the name or the GTIN may serve as the product too. */
export function isKnownName(field: Field, column: string): boolean {
  const name = plainName(column)
  const asked: readonly Field[] = field === 'product' ? ['product', 'gtin', 'name'] : [field]
  return asked.some((one) => ranks.get(one)?.has(name) === true)
}

/** How many of the names are names of fields. */
export function countKnown(cells: readonly string[]): number {
  return cells.filter((cell) => [...ranks.values()].some((known) => known.has(plainName(cell)))).length
}

/**
 * The mapping the header suggests: each field takes the column whose name it knows best, and of equals the one with more
 * filled cells. A column is one field, but for a name that has to serve as the product's code too.
 */
export function guessMapping(header: readonly string[], filled: (column: number) => number): Mapping {
  const found = header.flatMap((column, at) => fields.flatMap((field) => {
    const rank = ranks.get(field)?.get(plainName(column))
    // a column with nothing in it is the last choice: "OB QOH" beside "Physical QOH"
    return rank === undefined ? [] : [{ field, column, at, rank: filled(at) === 0 ? rank + 1000 : rank }]
  }))
  found.sort((a, b) => a.rank - b.rank || filled(b.at) - filled(a.at) || a.at - b.at)
  const mapping: { [field in Field]?: string } = {}
  const used = new Set<string>()
  for (const { field, column } of found) {
    if (mapping[field] !== undefined || used.has(column)) continue
    mapping[field] = column
    used.add(column)
  }
  if (mapping.product === undefined) {
    const instead = mapping.gtin ?? mapping.name
    if (instead !== undefined) mapping.product = instead
  }
  return mapping
}

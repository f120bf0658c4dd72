/** What people handle: the answers to the one question of set-up. Of several the first is the main one. */
export const trades = ['food', 'yarn', 'fireworks', 'medical', 'chemicals', 'automotive', 'electronics', 'children', 'other'] as const
export type Trade = (typeof trades)[number]

/** The languages in which an organisation's own records can be named as it begins. */
export const presetLanguages = ['en', 'de'] as const
export type PresetLanguage = (typeof presetLanguages)[number]
type Said = { readonly [language in PresetLanguage]: string }

/** What a new product begins with; each can be changed as it is made. */
export interface ProductDefaults {
  readonly tracking: 'none' | 'lot' | 'serial' | 'lot_and_serial'
  readonly dateKind: 'none' | 'best_by' | 'sell_by' | 'use_by' | 'expiry'
  readonly blocksAfterDate: boolean
  /** Its scale is that of the unit of measure. */
  readonly baseUom: string
}

export interface FirstProperty {
  readonly subject: 'product' | 'lot' | 'unit'
  readonly key: string
  readonly name: Said
  readonly valueType: 'text' | 'number' | 'date' | 'boolean' | 'choice'
  readonly choices?: readonly string[]
}

/** What an answer sets. What is regulated unfolds here, for those it concerns. */
export interface TradePreset {
  readonly product: ProductDefaults
  /** Besides those that everybody has. */
  readonly uoms: readonly { readonly uom: string; readonly name: Said; readonly scale: number }[]
  readonly properties: readonly FirstProperty[]
}

const text = 'text' as const
const unCode: FirstProperty = { subject: 'product', key: 'un_number', name: { en: 'UN number', de: 'UN-Nummer' }, valueType: text }
const caseUom = { uom: 'case', name: { en: 'Case', de: 'Karton' }, scale: 0 }

/** THE table of what the question sets: new products, units of measure, custom properties. The words of the screens are the web app's (web/vocabulary.ts). */
export const tradePresets: { readonly [trade in Trade]: TradePreset } = {
  food: {
    product: { tracking: 'lot', dateKind: 'best_by', blocksAfterDate: false, baseUom: 'kg' },
    uoms: [caseUom],
    properties: [
      // 21 CFR 1.1300: foods for which key data have to be kept
      { subject: 'product', key: 'traceability_list', name: { en: 'On the FDA food traceability list', de: 'Auf der FDA-Liste rückzuverfolgender Lebensmittel' }, valueType: 'boolean' },
      { subject: 'product', key: 'allergens', name: { en: 'Allergens', de: 'Allergene' }, valueType: text },
      { subject: 'lot', key: 'origin', name: { en: 'Country of origin', de: 'Ursprungsland' }, valueType: text },
      { subject: 'lot', key: 'organic_certificate', name: { en: 'Organic certificate', de: 'Bio-Zertifikat' }, valueType: text },
    ],
  },
  yarn: {
    product: { tracking: 'lot', dateKind: 'none', blocksAfterDate: false, baseUom: 'kg' },
    uoms: [{ uom: 'ball', name: { en: 'Ball', de: 'Knäuel' }, scale: 0 }],
    properties: [
      { subject: 'product', key: 'colour', name: { en: 'Colour', de: 'Farbe' }, valueType: text },
      { subject: 'product', key: 'composition', name: { en: 'Fibres', de: 'Faserzusammensetzung' }, valueType: text },
      { subject: 'lot', key: 'shade', name: { en: 'Dye shade', de: 'Farbton' }, valueType: text },
    ],
  },
  fireworks: {
    product: { tracking: 'lot', dateKind: 'none', blocksAfterDate: false, baseUom: 'each' },
    uoms: [caseUom],
    properties: [
      unCode,
      { subject: 'product', key: 'hazard_division', name: { en: 'Hazard division', de: 'Gefahrengruppe' }, valueType: 'choice', choices: ['1.1G', '1.2G', '1.3G', '1.4G', '1.4S'] },
      { subject: 'product', key: 'net_explosive_g', name: { en: 'Net explosive mass, g', de: 'Nettoexplosivstoffmasse, g' }, valueType: 'number' },
      // 27 CFR 555.109: marked with the date and shift of manufacture; the date is a date of every lot
      { subject: 'lot', key: 'shift', name: { en: 'Shift of manufacture', de: 'Schicht der Herstellung' }, valueType: 'choice', choices: ['A', 'B', 'C'] },
      { subject: 'lot', key: 'ex_number', name: { en: 'EX number', de: 'EX-Nummer' }, valueType: text },
    ],
  },
  medical: {
    product: { tracking: 'lot', dateKind: 'expiry', blocksAfterDate: true, baseUom: 'each' },
    uoms: [{ uom: 'box', name: { en: 'Box', de: 'Packung' }, scale: 0 }],
    properties: [
      // Regulation (EU) 2017/745, annex VIII
      { subject: 'product', key: 'device_class', name: { en: 'Device class', de: 'Risikoklasse' }, valueType: 'choice', choices: ['I', 'IIa', 'IIb', 'III'] },
      { subject: 'lot', key: 'sterilised_on', name: { en: 'Sterilised on', de: 'Sterilisiert am' }, valueType: 'date' },
    ],
  },
  chemicals: {
    product: { tracking: 'lot', dateKind: 'expiry', blocksAfterDate: true, baseUom: 'kg' },
    uoms: [{ uom: 'drum', name: { en: 'Drum', de: 'Fass' }, scale: 0 }],
    properties: [
      unCode,
      { subject: 'product', key: 'cas_number', name: { en: 'CAS number', de: 'CAS-Nummer' }, valueType: text },
      { subject: 'lot', key: 'certificate_of_analysis', name: { en: 'Certificate of analysis', de: 'Analysenzertifikat' }, valueType: text },
    ],
  },
  automotive: {
    product: { tracking: 'serial', dateKind: 'none', blocksAfterDate: false, baseUom: 'each' },
    uoms: [],
    properties: [
      { subject: 'product', key: 'revision', name: { en: 'Drawing revision', de: 'Zeichnungsstand' }, valueType: text },
      { subject: 'lot', key: 'heat_number', name: { en: 'Heat number', de: 'Schmelzennummer' }, valueType: text },
    ],
  },
  electronics: {
    product: { tracking: 'serial', dateKind: 'none', blocksAfterDate: false, baseUom: 'each' },
    uoms: [],
    properties: [
      { subject: 'product', key: 'warranty_months', name: { en: 'Warranty, months', de: 'Garantie, Monate' }, valueType: 'number' },
      { subject: 'unit', key: 'firmware', name: { en: 'Firmware', de: 'Firmware' }, valueType: text },
    ],
  },
  children: {
    product: { tracking: 'lot', dateKind: 'none', blocksAfterDate: false, baseUom: 'each' },
    uoms: [],
    properties: [
      { subject: 'product', key: 'age_from_months', name: { en: 'From age, months', de: 'Ab Alter, Monate' }, valueType: 'number' },
      // 15 USC 2063(a)(5): the tracking label says where and when it was made, and its cohort; the lot and its dates say the rest
      { subject: 'lot', key: 'made_at', name: { en: 'Made at', de: 'Hergestellt in' }, valueType: text },
      { subject: 'lot', key: 'product_certificate', name: { en: "Children's product certificate", de: 'Konformitätsbescheinigung' }, valueType: text },
    ],
  },
  other: { product: { tracking: 'lot', dateKind: 'none', blocksAfterDate: false, baseUom: 'each' }, uoms: [], properties: [] },
}

/** What several answers set together: each unit of measure and property once. */
export function beginningsOf(answered: readonly Trade[]): Pick<TradePreset, 'uoms' | 'properties'> {
  const presets = answered.map((trade) => tradePresets[trade])
  const once = <T>(all: readonly T[], name: (one: T) => string): T[] => [...new Map(all.map((one) => [name(one), one])).values()]
  return { uoms: once(presets.flatMap(({ uoms }) => uoms), ({ uom }) => uom), properties: once(presets.flatMap(({ properties }) => properties), ({ subject, key }) => `${subject} ${key}`) }
}

/** Whether goods of these trades bear a date that matters; of an organisation that did not answer, they may. */
export function bearDates(answered: readonly Trade[]): boolean {
  return answered.length === 0 || answered.some((trade) => tradePresets[trade].product.dateKind !== 'none')
}

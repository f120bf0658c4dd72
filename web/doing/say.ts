import { useLingui } from '@lingui/react/macro'
import { plural } from '@lingui/core/macro'
import { formatQuantity } from '#src/lib/quantity.ts'
import { sayQuantity } from '../parts/format.ts'
import { readDecimal } from '../parts/uoms.ts'
import type { Draft, Kind } from './draft.ts'
import type { Facts } from './facts.ts'
import { said } from './command.ts'
import { booked, leftOf, type Settled } from './settle.ts'

/** What a line says in one sentence: "40 kg of CR-1108 to COLD-1, leaves 0 kg". */
export function useSayLine(kind: Kind, draft: Draft, facts: Facts, all: readonly Settled[]): (line: Settled) => string {
  const { t } = useLingui()
  const place = (id: string | null): string => (id === null ? '' : (facts.places.get(id)?.code ?? '…'))
  const say = useSayGoods()
  return (line) => {
    const uom = line.productFacts?.baseUom ?? ''
    const amount = (value: bigint): string => `${sayQuantity(formatQuantity(value as never))} ${uom}`
    const goods = line.whole === null ? say(line, facts) : t`all that is on ${facts.plates.get(line.whole)?.code ?? '…'}`
    const [from, to] = [line.flow.takes || kind === 'adjust' ? (line.spot?.place ?? place(line.from)) : '', line.flow.puts ? place(line.to) : '']
    const way = from !== '' && to !== '' ? t`from ${from} to ${to}` : to !== '' ? t`to ${to}` : from !== '' ? (kind === 'adjust' ? t`in ${from}` : t`from ${from}`) : ''
    const left = kind === 'adjust' || kind === 'pack' || kind === 'change_owner' ? undefined : leftOf(line, all)
    if (kind === 'adjust' && line.direction === 'count' && line.base !== undefined) {
      const difference = line.base - booked(line)
      return t`${difference > 0n ? '+' : '−'}${amount(difference < 0n ? -difference : difference)} of ${say({ ...line, base: undefined }, facts)} ${way}: the book says ${amount(booked(line))}, you counted ${amount(line.base)}`
    }
    const sign = kind !== 'adjust' ? '' : line.direction === 'up' ? '+' : '−'
    return [`${sign}${goods}${way === '' ? '' : ` ${way}`}`, ...(left === undefined || left < 0n ? [] : [t`leaves ${amount(left)}`])].join(', ')
  }
}

/** "40 kg of CR-1108", "3 of Milk pump", "P20-003O". */
function useSayGoods(): (line: Settled, facts: Facts) => string {
  const { t } = useLingui()
  return (line, facts) => {
    const { productFacts: product, lotFacts: lot, base, numbers } = line
    const code = line.lot === null ? null : 'id' in line.lot ? (lot?.code ?? null) : line.lot.code
    const name = code ?? product?.name ?? '…'
    const [number] = numbers
    if (line.bySerial && numbers.length === 1 && number !== undefined) return number.serial
    if (line.bySerial) return t`${plural(numbers.length, { one: '# unit', other: '# units' })} of ${name}`
    if (base === undefined) return name
    const entered = line.uoms.find(({ id }) => id === line.uom)
    const given = line.isAll || entered === undefined || entered.id === '' || entered.id.startsWith('pack:') ? formatQuantity(base) : (readDecimal(line.quantity, facts.mark) ?? '')
    const uom = line.isAll || entered === undefined || entered.id.startsWith('pack:') ? (product?.baseUom ?? '') : entered.uom
    return t`${`${sayQuantity(given)} ${uom}`} of ${name}`
  }
}

/** What a whole form says: its one line, or how many there are and what the first of them is. */
export function useSayForm(kind: Kind, draft: Draft, facts: Facts, lines: readonly Settled[]): () => string {
  const { t } = useLingui()
  const say = useSayLine(kind, draft, facts, lines)
  return () => {
    const given = said(lines)
    if (kind === 'unpack' && lines.length === 0) return t`all that is on ${facts.plates.get(draft.plate ?? '')?.code ?? '…'}`
    if (kind === 'run') {
      const of = (role: 'input' | 'output'): string => given.filter((line) => line.role === role).map(say).join('; ')
      return `${of('input')} → ${of('output')}`
    }
    const [first] = given
    if (first === undefined) return ''
    return given.length === 1 ? say(first) : t`${given.length} lines: ${given.slice(0, 3).map(say).join('; ')}${given.length > 3 ? '; …' : ''}`
  }
}

import { countryLetters, countryNumbers, currencyNumbers, packageTypes } from './code-lists.ts'
import { couponCode, couponOffer } from './coupons.ts'
import { checkDigit, daysOf } from './keys.ts'
import type { Wrong } from './wrong.ts'

type Check = (value: string) => Wrong | undefined

/** The 82 characters of GS1, in their order; the check pair counts by it. */
const CHARACTERS = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`
const PAIR_CHARACTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

const wrongAt = (why: string, at: number, length: number): Wrong => ({ why, at, length })
const wrongWhole = (value: string, why: string): Wrong => ({ why, at: 0, length: value.length })
const wholly = (why: string, isRight: (value: string) => boolean): Check => (value) => (isRight(value) ? undefined : wrongWhole(value, why))
/** The first of these to find something. */
const inTurn = (...all: readonly Check[]): Check => (value) => {
  for (const check of all) {
    const wrong = check(value)
    if (wrong) return wrong
  }
  return undefined
}
/** The first character that is none of these. */
const only = (strange: RegExp, why: string): Check => (value) => {
  const found = strange.exec(value)
  return found ? wrongAt(why, found.index, 1) : undefined
}

const digits = only(/[^0-9]/, 'a digit was expected')
const characters82 = only(/[^!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]/, 'this character is not allowed')
const ofLength = (length: number): Check => (value) => (value.length === length ? undefined : wrongWhole(value, value.length < length ? 'it is too short' : 'it is too long'))

/**
 * Checks of a part of a value, by the name they have in the table of application identifiers. The first four are the
 * characters of a type: `csetnumeric` of N, `cset82` of X, `cset39` of Y, `cset64` of Z.
 */
const checks: Readonly<Record<string, Check>> = {
  csetnumeric: digits,
  cset82: characters82,
  cset39: only(/[^#\-/0-9A-Z]/, 'this character is not allowed'),
  cset64: (value) => {
    const [pads = ''] = /=*$/.exec(value) ?? []
    const strange = /[^A-Za-z0-9\-_]/.exec(value.slice(0, value.length - pads.length))
    if (strange) return wrongAt('this character is not allowed', strange.index, 1)
    return pads !== '' && (pads.length > 2 || value.length % 3 !== 0) ? wrongAt('there are too many or too few = at its end', value.length - pads.length, pads.length) : undefined
  },
  csum: inTurn(digits, (value) => (value === '' ? wrongWhole(value, 'it is too short') : value.slice(-1) === checkDigit(value.slice(0, -1)) ? undefined : wrongAt('its check digit is wrong', value.length - 1, 1))),
  csumalpha: checkPair,
  gcppos1: (value) => companyPrefix(value, 0),
  gcppos2: (value) => companyPrefix(value, 1),
  nonzero: inTurn(digits, wholly('it may not be zero', (value) => /[1-9]/.test(value))),
  zero: wholly('it must be zero', (value) => /^0+$/.test(value)),
  nozeroprefix: inTurn(digits, (value) => (value.startsWith('0') ? wrongAt('it may not begin with zero', 0, 1) : undefined)),
  hasnondigit: wholly('it needs something besides digits', (value) => /[^0-9]/.test(value)),
  hyphen: wholly('a hyphen was expected', (value) => /^-+$/.test(value)),
  yesno: wholly('it must be 0 or 1', (value) => /^[01]$/.test(value)),
  winding: wholly('it must be 0, 1 or 9', (value) => /^[019]$/.test(value)),
  iso5218: wholly('it must be 0, 1, 2 or 9', (value) => /^[0129]$/.test(value)),
  iso3166: wholly('there is no such country', (value) => countryNumbers.has(value)),
  iso3166999: wholly('there is no such country', (value) => value === '999' || countryNumbers.has(value)),
  iso3166alpha2: wholly('there is no such country', (value) => countryLetters.has(value)),
  iso4217: wholly('there is no such currency', (value) => currencyNumbers.has(value)),
  packagetype: wholly('there is no such kind of package', (value) => packageTypes.has(value)),
  mediatype: wholly('there is no such medium', (value) => /^(0[1-9]|10|[89]\d)$/.test(value)),
  importeridx: wholly('it must be one letter, digit, - or _', (value) => /^[-0-9A-Z_a-z]$/.test(value)),
  latitude: inTurn(ofLength(10), digits, wholly('there is no such latitude', (value) => value <= '1800000000')),
  longitude: inTurn(ofLength(10), digits, wholly('there is no such longitude', (value) => value <= '3600000000')),
  yymmdd: inTurn(ofLength(6), digits, (value) => wrongDay(value, 2, false)),
  yymmd0: inTurn(ofLength(6), digits, (value) => wrongDay(value, 2, true)),
  yyyymmdd: inTurn(ofLength(8), digits, (value) => wrongDay(value, 4, false)),
  yyyymmd0: inTurn(ofLength(8), digits, (value) => wrongDay(value, 4, true)),
  hh: inTurn(ofLength(2), digits, (value) => below(value, 0, 24, 'there is no such hour')),
  mi: inTurn(ofLength(2), digits, (value) => below(value, 0, 60, 'there is no such minute')),
  ss: inTurn(ofLength(2), digits, (value) => below(value, 0, 60, 'there is no such second')),
  hhmi: inTurn(ofLength(4), digits, (value) => below(value, 0, 24, 'there is no such hour') ?? below(value, 2, 60, 'there is no such minute')),
  pcenc: (value) => {
    const found = /%(?![0-9A-Fa-f]{2})/.exec(value)
    return found ? wrongAt('after % two of 0 to 9 and A to F were expected', found.index, Math.min(3, value.length - found.index)) : undefined
  },
  pieceoftotal: inTurn(wholly('it needs as many digits for the piece as for all pieces', (value) => value !== '' && value.length % 2 === 0), digits, pieceOfTotal),
  posinseqslash: positionOfEnd,
  iban: accountNumber,
  couponcode: couponCode,
  couponposoffer: couponOffer,
}

/** The first of these checks that the value fails; a name of no check is a fault of the table. */
export function firstWrong(names: readonly string[], value: string): Wrong | undefined {
  for (const name of names) {
    const check = checks[name]
    if (!check) throw new Error(`no check ${name}`)
    const wrong = check(value)
    if (wrong) return wrong
  }
  return undefined
}

/** Of a date with so many digits of the year; day 00 stands for the end of the month where that is allowed. */
function wrongDay(value: string, yearDigits: 2 | 4, mayEnd: boolean): Wrong | undefined {
  const [year, month, day] = [Number(value.slice(0, yearDigits)), Number(value.slice(yearDigits, -2)), Number(value.slice(-2))]
  if (month < 1 || month > 12) return wrongAt('there is no such month', yearDigits, 2)
  // of the years two digits can mean, only 1900 and 2100 know no 29 February where 2000 does; 2000 is nearest
  if ((day === 0 && !mayEnd) || day > daysOf(yearDigits === 2 ? 2000 + year : year, month)) return wrongAt('there is no such day', yearDigits + 2, 2)
  return undefined
}

function below(value: string, at: number, limit: number, why: string): Wrong | undefined {
  return Number(value.slice(at, at + 2)) < limit ? undefined : wrongAt(why, at, 2)
}

/** A GS1 company prefix begins here: four digits at least. */
function companyPrefix(value: string, at: number): Wrong | undefined {
  const strange = /^\d*/.exec(value.slice(at, at + 4))?.[0].length ?? 0
  if (value.length - at < 4) return wrongAt('it is too short for a company prefix', Math.min(at, value.length), Math.max(0, value.length - at))
  return strange === 4 ? undefined : wrongAt('a company prefix begins with four digits', at + strange, 1)
}

/** The check pair of a Global Model Number: GS1 General Specifications 7.9.5. */
function checkPair(value: string): Wrong | undefined {
  if (value.length < 2) return wrongWhole(value, 'it is too short')
  const body = value.slice(0, -2)
  if (body.length > primes.length) return wrongWhole(value, 'it is too long')
  const strange = characters82(body)
  if (strange) return strange
  let sum = 0
  for (let at = 0; at < body.length; at += 1) sum += CHARACTERS.indexOf(body[at] ?? '') * (primes[body.length - 1 - at] ?? 0)
  sum %= 1021
  const pair = `${PAIR_CHARACTERS[sum >> 5]}${PAIR_CHARACTERS[sum & 31]}`
  return value.endsWith(pair) ? undefined : wrongAt('its check characters are wrong', value.length - 2, 2)
}
const primes = Array.from({ length: 510 }, (_, number) => number).filter((number) => number > 1 && !Array.from({ length: 21 }, (_, divisor) => divisor + 2).some((divisor) => divisor < number && number % divisor === 0))

function pieceOfTotal(value: string): Wrong | undefined {
  const half = value.length / 2
  const [piece, total] = [value.slice(0, half), value.slice(half)]
  if (!/[1-9]/.test(piece)) return wrongAt('there is no piece zero', 0, half)
  if (!/[1-9]/.test(total)) return wrongAt('there are no zero pieces', half, half)
  return piece > total ? wrongWhole(value, 'there are not so many pieces') : undefined
}

function positionOfEnd(value: string): Wrong | undefined {
  const [, position = '', end = ''] = /^(\d+)\/(\d+)$/.exec(value) ?? []
  if (position === '') return wrongWhole(value, 'it must be a position, / and the last position')
  if (position.startsWith('0')) return wrongAt('it may not begin with zero', 0, position.length)
  if (end.startsWith('0')) return wrongAt('it may not begin with zero', position.length + 1, end.length)
  return BigInt(position) > BigInt(end) ? wrongWhole(value, 'the position lies beyond the end') : undefined
}

/** ISO 13616: country, check digits, account; modulo 97. */
function accountNumber(value: string): Wrong | undefined {
  if (value.length <= 4) return wrongWhole(value, 'it is too short')
  if (value.length > 34) return wrongWhole(value, 'it is too long')
  const strange = /[^0-9A-Z]/.exec(value)
  if (strange) return wrongAt('a capital letter or a digit was expected', strange.index, 1)
  if (!countryLetters.has(value.slice(0, 2))) return wrongAt('there is no such country', 0, 2)
  let rest = 0
  for (const character of value.slice(4) + value.slice(0, 4)) for (const digit of String(Number.parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97
  return rest === 1 ? undefined : wrongAt('its check digits are wrong', 2, 2)
}

import { daysOf } from './keys.ts'
import type { Wrong } from './wrong.ts'

/** Thrown and caught in here only: what a reader found wrong. */
class NotACoupon extends Error {
  readonly wrong: Wrong
  constructor(wrong: Wrong) {
    super(wrong.why)
    this.wrong = wrong
  }
}

/** Reads digits one field after the other. What ends too early is told by what is left of it, or by all where nothing is. */
class Reader {
  readonly text: string
  at = 0
  constructor(text: string) {
    this.text = text
    const strange = /[^0-9]/.exec(text)
    if (strange) this.fail('a digit was expected', strange.index, 1)
  }
  fail(why: string, at: number, length: number): never {
    throw new NotACoupon({ why, at, length })
  }
  /** So many digits. */
  take(length: number, name: string): string {
    const left = this.text.length - this.at
    if (left < length) this.fail(`${name} is missing or too short`, left === 0 ? 0 : this.at, left === 0 ? this.text.length : left)
    this.at += length
    return this.text.slice(this.at - length, this.at)
  }
  /** One digit of these. */
  choose(allowed: string, name: string): string {
    const digit = this.take(1, name)
    if (!allowed.includes(digit)) this.fail(`${name} may not be ${digit}`, this.at - 1, 1)
    return digit
  }
  /** A digit of these that says how many follow, beyond `more`. */
  counted(allowed: string, more: number, name: string): void {
    this.take(Number(this.choose(allowed, `the length of ${name}`)) + more, name)
  }
  /** True, and the digit is read, where it is the next. */
  next(digit: string): boolean {
    if (this.text[this.at] !== digit) return false
    this.at += 1
    return true
  }
  day(name: string): string {
    const day = this.take(6, name)
    const [year, month, date] = [Number(day.slice(0, 2)), Number(day.slice(2, 4)), Number(day.slice(4))]
    if (month < 1 || month > 12 || date < 1 || date > daysOf(2000 + year, month)) this.fail(`${name} is no day there is`, this.at - 6, 6)
    return day
  }
  end(): void {
    if (this.at < this.text.length) this.fail('nothing was expected here', this.at, this.text.length - this.at)
  }
}

function reading(text: string, read: (reader: Reader) => void): Wrong | undefined {
  try {
    read(new Reader(text))
    return undefined
  } catch (error) {
    if (error instanceof NotACoupon) return error.wrong
    throw error
  }
}

/** AI 8110: North American coupon. */
export function couponCode(text: string): Wrong | undefined {
  return reading(text, (reader) => {
    reader.counted('0123456', 6, 'the company prefix')
    reader.take(6, 'the offer code')
    reader.counted('12345', 0, 'the save value')
    purchase(reader, 'the first purchase')
    if (reader.next('1')) {
      reader.choose('0123', 'the rule for more purchases')
      purchase(reader, 'the second purchase')
      company(reader, 'the company prefix of the second purchase')
    }
    if (reader.next('2')) {
      purchase(reader, 'the third purchase')
      company(reader, 'the company prefix of the third purchase')
    }
    const from = reader.at
    const expires = reader.next('3') ? reader.day('the expiry date') : null
    const starts = reader.next('4') ? reader.day('the start date') : null
    if (expires !== null && starts !== null && expires < starts) reader.fail('it expires before it starts', from, reader.at - from)
    if (reader.next('5')) reader.counted('0123456789', 6, 'the serial number')
    if (reader.next('6')) reader.counted('1234567', 6, 'the retailer')
    if (reader.next('9')) {
      reader.choose('01256', 'the save value code')
      reader.choose('012', 'what the save value applies to')
      reader.take(1, 'the store coupon flag')
      reader.choose('01', "the don't multiply flag")
    }
    reader.end()
  })
}

/** AI 8112: paperless coupon of North America, positive offer file. */
export function couponOffer(text: string): Wrong | undefined {
  return reading(text, (reader) => {
    reader.choose('01', 'the format')
    reader.counted('0123456', 6, 'the funder')
    reader.take(6, 'the offer code')
    reader.counted('0123456789', 6, 'the serial number')
    reader.end()
  })
}

function purchase(reader: Reader, name: string): void {
  reader.counted('12345', 0, `${name}'s requirement`)
  reader.choose('012349', `${name}'s requirement code`)
  reader.take(3, `${name}'s family code`)
}

/** 9 says that there is none. */
function company(reader: Reader, name: string): void {
  if (!reader.next('9')) reader.counted('0123456', 6, name)
}

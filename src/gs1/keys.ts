/** The check digit of a GS1 key (GTIN, SSCC, GLN): mod 10, weights 3 and 1 from the right; `body` is the key without it. GS1 General Specifications 7.9.1. */
export function checkDigit(body: string): string {
  let sum = 0
  for (let at = 0; at < body.length; at += 1) sum += Number(body[body.length - 1 - at]) * (at % 2 === 0 ? 3 : 1)
  return String((10 - (sum % 10)) % 10)
}

/** True where the last digit is the check digit of those before it. */
export function hasCheckDigit(key: string): boolean {
  return /^\d{2,}$/.test(key) && checkDigit(key.slice(0, -1)) === key.slice(-1)
}

/** A GTIN-8, -12, -13 or -14 as the 14 digits it is compared as; undefined where it is none, or its check digit is wrong. */
export function toGtin14(text: string): string | undefined {
  if (!/^(\d{8}|\d{12,14})$/.test(text) || !hasCheckDigit(text)) return undefined
  return text.padStart(14, '0')
}

/** True for the 18 digits of an SSCC with the right check digit. */
export function isSscc(text: string): boolean {
  return text.length === 18 && hasCheckDigit(text)
}

/** True for the 13 digits of a GLN with the right check digit. */
export function isGln(text: string): boolean {
  return text.length === 13 && hasCheckDigit(text)
}

/** Days of a month of the Gregorian calendar. */
export function daysOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

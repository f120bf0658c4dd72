/** How alike codes are compared and searched: without case and white space, O as 0, I as 1. Never an identity. */
export function fold(code: string): string {
  return code.normalize('NFKC').toUpperCase().replace(/\s+/gu, '').replaceAll('O', '0').replaceAll('I', '1')
}

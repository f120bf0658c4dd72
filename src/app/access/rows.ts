/** A row that must be there: its absence is a fault, not a refusal. */
export function assertFound<T>(row: T | null | undefined): T {
  if (row === undefined || row === null) throw new Error('a row that must be there is not')
  return row
}

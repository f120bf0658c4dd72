/** What is wrong with a part of a value, and where in it: from `at`, `length` characters. */
export interface Wrong {
  readonly why: string
  readonly at: number
  readonly length: number
}

/** What stands in the fields, by key; '' where nothing does. */
export type PropertyTexts = Readonly<Record<string, string | boolean>>

/** What the fields say, for a command: nothing of those that are empty. */
export function givenProperties(values: PropertyTexts): Record<string, string | boolean> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, typeof value === 'string' ? value.trim() : value] as const).filter(([, value]) => value !== ''))
}

/** The values of a record as they stand in its fields. */
export function propertyTexts(values: Readonly<Record<string, unknown>>): PropertyTexts {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, typeof value === 'boolean' ? value : String(value as string | number)]))
}

/** What was changed in the fields, for a command: null takes a value away. */
export function changedProperties(before: PropertyTexts, now: PropertyTexts): Record<string, string | boolean | null> {
  const trimmed = Object.entries(now).map(([key, value]) => [key, typeof value === 'string' ? value.trim() : value] as const)
  return Object.fromEntries(trimmed.filter(([key, value]) => value !== (before[key] ?? '')).map(([key, value]) => [key, value === '' ? null : value]))
}

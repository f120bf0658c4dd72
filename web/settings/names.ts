/** What programs call something by its name for people: "Night shift" is `night_shift`; '' where no letter of it is left. */
export function programName(name: string): string {
  return name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+/, '').replace(/_+$/, '').slice(0, 40)
}

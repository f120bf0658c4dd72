import type { z } from 'zod'
import type { CommandScope } from '#src/audit/command.ts'
import { addUoms } from '#src/catalog/uoms.ts'
import { beginningsOf, type PresetLanguage, type Trade } from '#src/lib/trades.ts'
import { defineProperties } from '#src/properties/definitions.ts'
import { preset } from './access/contract.ts'

export type Preset = z.output<typeof preset>

/** What stands in an organisation's row, as its contract has it; empty where the question was not answered. */
export function presetOf(stored: unknown): Preset {
  return preset.parse({ trades: [], ...(stored as object | null) })
}

/** Gives an organisation the units of measure and properties that go with what it handles. What it has already stays as it is. */
export async function setUpTrades(scope: CommandScope, answered: readonly Trade[], language: PresetLanguage): Promise<void> {
  const { uoms, properties } = beginningsOf(answered)
  if (uoms.length > 0) await addUoms(scope, uoms.map(({ name, ...uom }) => ({ ...uom, name: name[language] })))
  if (properties.length > 0) await defineProperties(scope, properties.map(({ name, choices, ...property }) => ({ ...property, name: name[language], ...(choices === undefined ? {} : { choices: [...choices] }) })))
}

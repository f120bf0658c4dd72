import { fillSentence } from '#src/lib/refusal.ts'
import type { Trade } from '#src/lib/trades.ts'
import type { DemoKey, GuideStep } from './contract.ts'
import type { Story } from './story.ts'

/** A demo company: what it is called, what it shows, and its half year. */
export interface DemoCompany {
  readonly company: DemoKey
  readonly name: string
  /** What it handles, as the set-up question has it. */
  readonly trades: readonly [Trade, ...Trade[]]
  /** One line of what there is to see. */
  readonly shows: string
  readonly currency: string
  readonly timeZone: string
  /** Plans the half year; what it gives back is asked at the end for the guide. */
  write(story: Story): Promise<() => GuideStep[] | Promise<GuideStep[]>>
}

/**
 * A step of the guide. Its key is its own in its company: by it other languages say title and text (web/locales/guide.de.ts).
 * Both may name `{values}`, and the code of what it leads to as `{code}`.
 */
export function step(key: string, title: string, text: string, kind: GuideStep['link']['kind'], id: string | null = null, code: string | null = null, more: { readonly [name: string]: string } = {}): GuideStep {
  const values = { ...(code === null ? {} : { code }), ...more }
  return { key, values, title: fillSentence(title, values), text: fillSentence(text, values), link: { kind, id, code } }
}

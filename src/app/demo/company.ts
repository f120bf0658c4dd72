import type { DemoKey, GuideStep } from './contract.ts'
import type { Story } from './story.ts'

/** A demo company: what it is called, what it shows, and its half year. */
export interface DemoCompany {
  readonly company: DemoKey
  readonly name: string
  /** What it handles, as the set-up question has it. */
  readonly handles: string
  /** One line of what there is to see. */
  readonly shows: string
  readonly currency: string
  readonly timeZone: string
  /** Plans the half year; what it gives back is asked at the end for the guide. */
  write(story: Story): Promise<() => GuideStep[] | Promise<GuideStep[]>>
}

/** A step of the guide. */
export function step(title: string, text: string, kind: GuideStep['link']['kind'], id: string | null = null, code: string | null = null): GuideStep {
  return { title, text, link: { kind, id, code } }
}

import { useLocalStorage } from '@mantine/hooks'

/** What this device keeps of the guide of an organisation. */
export interface GuideMemory {
  /** Keys of steps that were ticked or visited. */
  readonly done: readonly string[]
  /** The step it stands at. */
  readonly at: number
  readonly folded: boolean
  /** Undefined: by itself, as the organisation is new or a demo. */
  readonly open?: boolean
}

const nothing: GuideMemory = { done: [], at: 0, folded: false }
const keyOf = (organizationId: string | null): string => `lotwise.guide.${organizationId ?? ''}`

export function useGuideMemory(organizationId: string | null): readonly [GuideMemory, (change: Partial<GuideMemory>) => void] {
  const [memory, setMemory] = useLocalStorage<GuideMemory>({ key: keyOf(organizationId), defaultValue: nothing, getInitialValueInEffect: false })
  return [memory, (change) => setMemory((before) => ({ ...before, ...change }))]
}

/** Of an organisation that is gone. */
export function forgetGuide(organizationId: string): void {
  localStorage.removeItem(keyOf(organizationId))
}

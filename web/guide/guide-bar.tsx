import { useLingui } from '@lingui/react/macro'
import { ActionIcon, Button, Checkbox, Menu, UnstyledButton } from '@mantine/core'
import { IconCheck, IconChevronDown, IconChevronUp, IconListCheck, IconX } from '@tabler/icons-react'
import { useRouterState } from '@tanstack/react-router'
import { useEffect, useRef, type ReactNode } from 'react'
import { ButtonLink } from '../parts/button-link.tsx'
import type { Search } from '../search.ts'
import { useKeys } from '../shell/keys.ts'
import classes from './guide.module.css'
import { useGuideMemory } from './memory.ts'
import { isAt, type Step } from './steps.ts'

interface GuideBarProps {
  readonly organizationId: string
  readonly label: string
  readonly steps: readonly Step[]
  /** The step that is shown; as many as there are steps: the end. */
  readonly at: number
  readonly onStep: (at: number) => void
  /** Undefined where there is no other to go on to. */
  readonly onNext?: (() => void) | undefined
  /** Where steps are not told by what is there: somebody saw it, or ticked it. */
  readonly onDone?: (step: Step, isDone: boolean) => void
  readonly end: ReactNode
}

/** One step at a time at the foot of every page, out of the way of what it speaks of. */
export function GuideBar({ organizationId, label, steps, at, onStep, onNext, onDone, end }: GuideBarProps) {
  const { t } = useLingui()
  const [{ folded }, remember] = useGuideMemory(organizationId)
  const bar = useRef<HTMLElement>(null)
  const step = steps[at]
  const isHere = useVisits(step, onDone)
  useKeys({ 'g g': () => bar.current?.querySelector<HTMLElement>('button, a')?.focus() })
  const close = (): void => {
    remember({ open: false })
    document.getElementById('content')?.focus()
  }
  const foldOnPhone = (): void => {
    if (matchMedia('(max-width: 47.99em)').matches) remember({ folded: true })
  }
  const isDone = step?.isDone === true
  return (
    <section ref={bar} className={`${classes['bar']} no-print`} aria-label={label} data-guide={folded ? 'folded' : 'open'}>
      <div className={classes['head']}>
        <AllSteps label={label} steps={steps} at={at} onStep={(chosen) => {
          onStep(chosen)
          remember({ folded: false })
        }} />
        <UnstyledButton className={classes['title']} onClick={() => remember({ folded: !folded })} aria-expanded={!folded}>{step?.title ?? t`That is all`}{isDone && <IconCheck size={16} aria-label={t`done`} className={classes['tick'] ?? ''} />}</UnstyledButton>
        <ActionIcon size="lg" onClick={() => remember({ folded: !folded })} aria-label={folded ? t`Unfold the guide` : t`Fold the guide`}>{folded ? <IconChevronUp size={18} aria-hidden /> : <IconChevronDown size={18} aria-hidden />}</ActionIcon>
        <ActionIcon size="lg" onClick={close} aria-label={t`Close the guide`}><IconX size={18} aria-hidden /></ActionIcon>
      </div>
      {!folded && (
        <div className={classes['body']}>
          <p aria-live="polite">{step?.text ?? end}</p>
          <div className={classes['actions']}>
            {step !== undefined && onDone !== undefined && <Checkbox checked={isDone} onChange={({ currentTarget: { checked } }) => onDone(step, checked)} label={t`Done`} />}
            {step?.to && <ButtonLink to={step.to.path} search={step.to.search} variant={isHere || isDone ? 'default' : 'filled'} onClick={foldOnPhone}>{t`Show me`}</ButtonLink>}
            {at > 0 && step === undefined && <Button variant="default" onClick={() => onStep(0)}>{t`From the beginning`}</Button>}
            {step === undefined ? <Button onClick={close}>{t`Close`}</Button> : onNext !== undefined && <Button variant={isHere || isDone || !step.to ? 'filled' : 'default'} onClick={onNext}>{at + 1 < steps.length ? t`Next` : t`Finish`}</Button>}
          </div>
        </div>
      )}
    </section>
  )
}

/** Whether one is where the step leads; getting there is having seen it. Going on to another step that leads here is not. */
function useVisits(step: Step | undefined, onDone: GuideBarProps['onDone']): boolean {
  const { pathname, search, href } = useRouterState({ select: ({ resolvedLocation, location }) => resolvedLocation ?? location })
  const isHere = step !== undefined && isAt(step.to, pathname, search as Search)
  const arrive = useRef(() => {})
  arrive.current = () => {
    if (isHere && step.isDone !== true) onDone?.(step, true)
  }
  useEffect(() => arrive.current(), [href])
  return isHere
}

function AllSteps({ label, steps, at, onStep }: Pick<GuideBarProps, 'label' | 'steps' | 'at' | 'onStep'>) {
  const { t } = useLingui()
  const done = steps.filter(({ isDone }) => isDone === true).length
  return (
    <Menu position="top-start" width={330} withinPortal={false}>
      <Menu.Target><Button variant="subtle" size="compact-sm" className={classes['count'] ?? ''} leftSection={<IconListCheck size={16} aria-hidden />} aria-label={t`${label}: ${done} of ${steps.length} done. All steps`}>{t`${done} of ${steps.length}`}</Button></Menu.Target>
      <Menu.Dropdown className={classes['steps'] ?? ''}>
        {steps.map(({ key, title, isDone }, index) => <Menu.Item key={key} onClick={() => onStep(index)} aria-current={index === at ? 'step' : undefined} leftSection={isDone === true ? <IconCheck size={16} aria-label={t`done`} /> : <span className={classes['open']} />}>{title}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  )
}

import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link, useRouterState } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { fillSentence } from '#src/lib/refusal.ts'
import { inOurWords, language } from '../i18n.ts'
import type { Guides } from '../locales/guide.de.ts'
import { get } from '../queries.ts'
import { useMay, useMe } from '../session/me.ts'
import { GuideBar } from './guide-bar.tsx'
import { useGuideMemory } from './memory.ts'
import { nextStep, placeOf, type DemoStep, type Step } from './steps.ts'

/** The guide of the organisation one is in: of a demo company its own, of a real one the first steps. */
export default function Guide() {
  const { organizationId, organizations } = useMe()
  const current = organizations.find((one) => one.organizationId === organizationId)
  if (current === undefined) return null
  return current.demo ? <DemoGuide key={organizationId} organizationId={current.organizationId} /> : <FirstSteps key={organizationId} organizationId={current.organizationId} />
}

function DemoGuide({ organizationId }: { readonly organizationId: string }) {
  const { t } = useLingui()
  const may = useMay()
  const [{ done, at }, remember] = useGuideMemory(organizationId)
  const { data } = useQuery({ ...get('/organization'), enabled: may('organization.read') })
  const demo = data?.preset.demo
  const said = useSayStep(demo?.company ?? '')
  if (demo?.guide === undefined || data?.organizationId !== organizationId || said === null) return null
  const steps = demo.guide.map((step, index): Step => ({ key: step.key || String(index), ...said(step), to: placeOf(step.link), isDone: done.includes(step.key || String(index)) }))
  return (
    <GuideBar organizationId={organizationId} label={t`Guide`} steps={steps} at={Math.min(at, steps.length)} onStep={(next) => remember({ at: next })} onNext={() => remember({ at: at + 1 })}
      onDone={({ key }, isDone) => remember({ done: isDone ? [...done, key] : done.filter((one) => one !== key) })}
      end={<>{t`Look around as long as you like; nothing here can do harm.`} {may('organization.manage') && <Link to="/demo-companies">{t`Delete this company, or make another`}</Link>}</>} />
  )
}

/** Says a step in the language spoken, and in the words of the trade; null while what is said is on its way. */
function useSayStep(company: string): ((step: DemoStep) => Pick<Step, 'title' | 'text'>) | null {
  const { i18n } = useLingui()
  const [guides, setGuides] = useState<Guides>()
  useEffect(() => {
    if (i18n.locale === 'de') void import('../locales/guide.de.ts').then((german) => setGuides(german.guides))
  }, [i18n.locale])
  if (i18n.locale === 'de' && guides === undefined) return null
  return ({ key, values, title, text }) => {
    const [itsTitle, itsText] = (language() === 'de' ? guides?.[company]?.[key] : undefined) ?? [title, text]
    return { title: inOurWords(fillSentence(itsTitle, values)), text: inOurWords(fillSentence(itsText, values)) }
  }
}

/** Of a new organisation, done by what is there. It shows itself until something has moved, and then until it is closed. */
function FirstSteps({ organizationId }: { readonly organizationId: string }) {
  const { t } = useLingui()
  const may = useMay()
  const [{ open }, remember] = useGuideMemory(organizationId)
  const [picked, setPicked] = useState<number | null>(null)
  const { data } = useQuery({ ...get('/first-steps'), enabled: may('organization.manage') })
  const pathname = useRouterState({ select: ({ location }) => location.pathname })
  useEffect(() => {
    if (data !== undefined && open === undefined) remember({ open: !data.movement })
  }, [data, open, remember])
  // these ask one thing, and are the first steps themselves
  if (data === undefined || open !== true || pathname === '/welcome' || pathname === '/begin') return null
  const steps: Step[] = [
    { key: 'question', title: t`Say what you handle`, text: t`One question. It decides how products begin and which words the screens use.`, to: { path: '/welcome', search: {} }, isDone: data.question },
    { key: 'place', title: t`Make the first place`, text: t`A facility, such as your warehouse or shop. Goods are always in exactly one place.`, to: { path: '/places', search: {} }, isDone: data.place },
    { key: 'product', title: t`Make the first product`, text: t`A name, your own code for it and a unit of measure are enough.`, to: { path: '/products', search: { new: 'product' } }, isDone: data.product },
    { key: 'movement', title: t`Receive something`, text: t`What came, how much of it, from whom and where it is put.`, to: { path: '/do/receive', search: {} }, isDone: data.movement },
    { key: 'people', title: t`Invite somebody`, text: t`Give each person an account of their own: what was done keeps the name of who did it.`, to: { path: '/settings/people', search: {} }, isDone: data.people },
  ]
  const isDone = steps.map((step) => step.isDone === true)
  const at = picked !== null && isDone[picked] !== true ? picked : (nextStep(isDone, -1) ?? steps.length)
  const other = nextStep(isDone, at)
  return <GuideBar organizationId={organizationId} label={t`First steps`} steps={steps} at={at} onStep={setPicked} onNext={other === undefined || other === at ? undefined : () => setPicked(other)} end={t`Everything to begin with is there.`} />
}

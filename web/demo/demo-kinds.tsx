import { useLingui } from '@lingui/react/macro'
import { Button, Title } from '@mantine/core'
import { useEffect, useState } from 'react'
import parts from '../parts/parts.module.css'
import { ProblemAlert } from '../parts/problem.tsx'
import { useCommand } from '../queries.ts'
import classes from './demo.module.css'
import { demoFaces, useDemos, useOpenDemo, type DemoKind } from './demos.ts'
import { MadeDemos } from './made-demos.tsx'

/** The four there are, each made at a press; one that was asked for here opens when it is ready. One that is there is opened, unless another is wanted. */
export function DemoKinds({ another = false }: { readonly another?: boolean }) {
  const { t, i18n } = useLingui()
  const demos = useDemos()
  const create = useCommand('POST /demo-companies')
  const open = useOpenDemo()
  const [wanted, setWanted] = useState<string | null>(null)
  const companies = demos.data?.companies ?? []
  const ready = companies.find(({ organizationId, state }) => organizationId === wanted && state === 'ready')
  useEffect(() => {
    if (ready === undefined) return
    setWanted(null)
    void open(ready.organizationId)
  }, [ready, open])
  const make = (company: DemoKind): void => create.mutate({ body: { company } }, { onSuccess: ({ organizationId }) => setWanted(organizationId) })
  return (
    <>
      <ProblemAlert problem={create.error ?? demos.error} />
      {!another && <MadeDemos demos={companies.filter(({ state }) => state !== 'ready')} />}
      <ul className={classes['kinds']}>
        {(demos.data?.kinds ?? []).map(({ company, name }) => {
          const { icon: KindIcon, what, shows } = demoFaces[company]
          const there = another ? undefined : companies.find((one) => one.company === company && one.state === 'ready')
          return (
            <li key={company} className={`${parts['card']} ${classes['kind']}`}>
              <span className={classes['picture']}><KindIcon size={26} stroke={1.6} aria-hidden /></span>
              <Title order={3}>{i18n._(what)}</Title>
              <b>{name}</b>
              <p>{i18n._(shows)}</p>
              {there === undefined
                ? <Button variant="default" onClick={() => make(company)} loading={create.isPending && create.variables.body.company === company} aria-label={t`Make ${name}`}>{t`Make`}</Button>
                : <Button onClick={() => void open(there.organizationId)} aria-label={t`Open ${name}`}>{t`Open`}</Button>}
            </li>
          )
        })}
      </ul>
    </>
  )
}

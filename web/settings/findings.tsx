import { useLingui } from '@lingui/react/macro'
import { msg } from '@lingui/core/macro'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ItemOf } from '../api.ts'
import { Code } from '../parts/code.tsx'
import { namer } from '../words.ts'
import classes from './settings.module.css'

type Finding = ItemOf<'/verifications'>['findings'][number]

/** The laws of the ledger (ARCHITECTURE.md), as people say them. */
export const lawName = namer({
  I1: msg`What is on hand is the sum of what came and went`, I2: msg`No more is promised than there is`, I3: msg`Every unit is in exactly one place`, I4: msg`What is tracked names its lot or unit`, I5: msg`Nothing held or past its date is used`,
  I6: msg`Every movement says who did it`, I7: msg`No movement was ever changed`, I9: msg`Everything made has its inputs`, I11: msg`What was known then can be worked out again`,
})

/** What was found, row by row: where, what it must be, what it is. */
export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  const { t } = useLingui()
  return (
    <ul className={classes['findings']}>
      {findings.map((finding) => {
        const { invariant, what, key, expected, found, productId, lotId } = finding
        return (
          <li key={`${invariant} ${what} ${key}`}>
            <div>{lawName(invariant)}: {what} · <Row rowKey={key} />{lotId !== null ? <> · <Link to="/lots/$lotId" params={{ lotId }}>{t`its lot`}</Link></> : productId !== null && <> · <Link to="/products/$productId" params={{ productId }}>{t`its product`}</Link></>}</div>
            <div className="dim">{t`must be`} <Code value={expected} plain />, {t`is`} <Code value={found} plain /></div>
          </li>
        )
      })}
    </ul>
  )
}

/** The row a finding names; a movement or a unit leads there. */
function Row({ rowKey }: { readonly rowKey: string }): ReactNode {
  const [, kind, id, rest = ''] = /^(movement|unit) ([0-9a-f-]{36})(.*)$/.exec(rowKey) ?? []
  if (kind === 'movement' && id !== undefined) return <Link to="/movements/$movementId" params={{ movementId: id }}>{kind}{rest}</Link>
  if (kind === 'unit' && id !== undefined) return <Link to="/units/$unitId" params={{ unitId: id }}>{kind}{rest}</Link>
  return <Code value={rowKey} plain />
}

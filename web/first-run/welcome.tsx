import { useLingui } from '@lingui/react/macro'
import { Anchor, Button, SegmentedControl, Text, Title } from '@mantine/core'
import { IconCircleCheckFilled } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState, type FormEvent } from 'react'
import { beginningsOf, tradePresets, trades, type Trade } from '#src/lib/trades.ts'
import { language } from '../i18n.ts'
import { useDone } from '../parts/done.tsx'
import { Page } from '../parts/page.tsx'
import parts from '../parts/parts.module.css'
import { ProblemAlert } from '../parts/problem.tsx'
import { useCommand } from '../queries.ts'
import { useMay, useMe } from '../session/me.ts'
import { wordsOf } from '../vocabulary.ts'
import { dateKindName, tradeName, trackingName } from '../words.ts'
import classes from './first-run.module.css'
import { tradeFaces } from './trades.ts'

/** The one question of set-up. It can be answered again: what is there stays, and what begins from now on begins accordingly. */
export default function Welcome() {
  const { t, i18n } = useLingui()
  const may = useMay()
  const me = useMe()
  const navigate = useNavigate()
  const done = useDone()
  const [picked, setPicked] = useState<readonly Trade[]>(me.trades)
  const answer = useCommand('PATCH /organization')
  const isFirst = me.trades.length === 0
  const mayAnswer = may('organization.manage')
  const [main] = picked

  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (main === undefined) return
    answer.mutate({ body: { preset: { trades: [...picked], language: language() } } }, {
      onSuccess: () => {
        if (isFirst) void navigate({ to: '/begin' })
        else done(t`Saved. New products begin like this from now on.`)
      },
    })
  }
  const toggle = (trade: Trade): void => setPicked(picked.includes(trade) ? picked.filter((one) => one !== trade) : [...picked, trade])

  return (
    <Page title={t`What do you handle?`}>
      <Text c="dimmed" maw={640}>{mayAnswer ? t`It decides how new products begin and which words the screens use. Several are fine. All of it can be changed at any time.` : t`An owner of the organisation answers this.`}</Text>
      <form onSubmit={submit} className={classes['form']}>
        <fieldset className={classes['trades']} aria-label={t`What do you handle?`}>
          {trades.map((trade) => {
            const { icon: TradeIcon, line } = tradeFaces[trade]
            return (
              <label key={trade} className={classes['trade']}>
                <input type="checkbox" className="visually-hidden" checked={picked.includes(trade)} disabled={!mayAnswer} onChange={() => toggle(trade)} />
                <span className={classes['picture']}><TradeIcon size={26} stroke={1.6} aria-hidden /></span>
                <span className={classes['text']}><b>{tradeName(trade)}</b><span>{i18n._(line)}</span></span>
                {picked.includes(trade) && <span className={classes['check']}><IconCircleCheckFilled size={20} aria-hidden /></span>}
              </label>
            )
          })}
        </fieldset>
        {picked.length > 1 && mayAnswer && (
          <div className={classes['foot']}>
            <Text fw={560} id="mainly">{t`Mainly`}</Text>
            <SegmentedControl className={classes['mainly'] ?? ''} aria-labelledby="mainly" orientation={picked.length > 2 ? 'vertical' : 'horizontal'} value={main ?? ''} data={trades.filter((trade) => picked.includes(trade)).map((value) => ({ value, label: tradeName(value) }))} onChange={(value) => setPicked([value as Trade, ...picked.filter((one) => one !== value)])} />
          </div>
        )}
        {main !== undefined && <Sets picked={picked} main={main} />}
        <ProblemAlert problem={answer.error} />
        {mayAnswer && (
          <div className={classes['foot']}>
            <Button type="submit" size="md" disabled={main === undefined} loading={answer.isPending}>{isFirst ? t`Continue` : t`Save`}</Button>
            {isFirst && <Anchor component={Link} to="/begin">{t`Skip this`}</Anchor>}
          </div>
        )}
      </form>
    </Page>
  )
}

/** What the answer does, before it is given. */
function Sets({ picked, main }: { readonly picked: readonly Trade[]; readonly main: Trade }) {
  const { t } = useLingui()
  const { product } = tradePresets[main]
  const { properties } = beginningsOf(picked)
  const { lot, unit } = wordsOf(language(), main)
  const date = `${dateKindName(product.dateKind)}${product.blocksAfterDate ? `, ${t`blocks after it`}` : ''}`
  return (
    <section className={`${parts['card']} ${classes['sets']}`} aria-label={t`What this sets`}>
      <Title order={2}>{t`What this sets`}</Title>
      <ul>
        <li>{t`A new product begins with: ${[trackingName(product.tracking), date, product.baseUom].join(' · ')}`}</li>
        {properties.length > 0 && <li>{t`There is room for: ${properties.map(({ name }) => name[language()]).join(' · ')}`}</li>}
        {lot !== undefined && <li>{t`The screens say “${lot[0]}”, as your trade does.`}</li>}
        {unit !== undefined && <li>{t`A thing with a serial number is called “${unit[0]}”.`}</li>}
      </ul>
    </section>
  )
}

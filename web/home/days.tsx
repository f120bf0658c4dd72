import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import type { ReadOutput } from '../api.ts'
import { localDay, sayDay } from '../parts/format.ts'
import parts from '../parts/parts.module.css'
import classes from './home.module.css'

type Day = ReadOutput<'/home'>['days'][number]

const [WIDTH, HEIGHT, BAR, GAP] = [560, 96, 30, 10]

/** Movements of the last days: a bar a day, what left at its foot, what stayed in the middle, what came on top; the same as a table, whose numbers open. */
export function Days({ days }: { readonly days: readonly Day[] }) {
  const { t } = useLingui()
  const most = Math.max(1, ...days.map(totalOf))
  const all = days.reduce((sum, day) => sum + totalOf(day), 0)
  const kinds = [['came', t`came`], ['stayed', t`in the house`], ['left', t`left`]] as const
  return (
    <div className={`${parts['card']} ${classes['days']}`}>
      <div className={classes['legend']} aria-hidden>{kinds.map(([kind, name]) => <span key={kind} data-kind={kind}>{name}</span>)}</div>
      <p className="visually-hidden">{t`${all} movements, at most ${Math.max(...days.map(totalOf))} in a day. The table has the same numbers as the picture.`}</p>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT + 18}`} className={classes['chart']} aria-hidden>
        {days.map((day, at) => <Bar key={day.day} day={day} x={at * (BAR + GAP) + GAP / 2} scale={HEIGHT / most} isNamed={at === days.length - 1 || at % 3 === days.length % 3} />)}
        <line x1={0} x2={WIDTH} y1={HEIGHT + 0.5} y2={HEIGHT + 0.5} className={classes['axis']} />
      </svg>
      <details>
        <summary>{t`As a table`}</summary>
        <table className={classes['dayTable']}>
          <thead><tr><th scope="col">{t`Day`}</th>{kinds.map(([kind, name]) => <th key={kind} scope="col">{name}</th>)}<th scope="col">{t`in all`}</th></tr></thead>
          <tbody>
            {days.toReversed().map((day) => (
              <tr key={day.day}><th scope="row">{sayDay(day.day)}</th>{kinds.map(([kind]) => <td key={kind}>{day[kind]}</td>)}<td>{totalOf(day) === 0 ? 0 : <Link to="/movements" search={{ from: day.day, to: day.day }} aria-label={t`${totalOf(day)} movements on ${sayDay(day.day)}`}>{totalOf(day)}</Link>}</td></tr>
            ))}
          </tbody>
        </table>
      </details>
    </div>
  )
}

function Bar({ day, x, scale, isNamed }: { readonly day: Day; readonly x: number; readonly scale: number; readonly isNamed: boolean }) {
  const pieces = [['left', day.left], ['stayed', day.stayed], ['came', day.came]] as const
  let top = HEIGHT
  return (
    // for the hand at the mouse; keyboards and screen readers have the table
    <Link to="/movements" search={{ from: day.day, to: day.day }} tabIndex={-1} className={classes['bar']}>
      <rect x={x - GAP / 2} y={0} width={BAR + GAP} height={HEIGHT} className={classes['ground']} />
      <title>{`${sayDay(day.day)}: ${totalOf(day)}`}</title>
      {pieces.filter(([, count]) => count > 0).map(([kind, count]) => {
        top -= count * scale
        return <rect key={kind} x={x} y={top} width={BAR} height={Math.max(1, count * scale - 1)} data-kind={kind} />
      })}
      {isNamed && <text x={x + BAR / 2} y={HEIGHT + 14} textAnchor="middle" className={classes['dayName']} data-today={day.day === localDay() || undefined}>{day.day.slice(8)}</text>}
    </Link>
  )
}

function totalOf({ came, stayed, left }: Day): number {
  return came + stayed + left
}

import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation, useNavigate, useParams } from '@tanstack/react-router'
import { Page } from '../parts/page.tsx'
import { useFilters } from '../search.ts'
import { HelpContent, useTitleOf } from './content.tsx'
import classes from './help.module.css'
import { aboutPage, loadPage } from './pages.ts'

/** The help: its first page with the search, and each page under its name. */
export default function HelpPage() {
  const { t } = useLingui()
  const navigate = useNavigate()
  const { _splat = '' }: { _splat?: string } = useParams({ strict: false })
  const { hash } = useLocation()
  const { search: { q = '' }, setSearch } = useFilters()
  const name = _splat.replace(/\/$/, '')
  const page = useQuery({ queryKey: ['help', name], queryFn: () => loadPage(name), enabled: aboutPage(name) !== null, staleTime: Infinity })
  const headings = page.data?.headings ?? []
  const open = (address: string): void => {
    const [to = '', part] = address.split('#')
    void navigate({ to: `/help/${to}`, ...(part === undefined ? {} : { hash: part }) })
  }
  return (
    <Page title={useTitleOf(name)} over={name === '' ? undefined : <Link to="/help">{t`Help`}</Link>}>
      <div className={classes['columns']}>
        <div className={classes['reading']}><HelpContent address={hash === '' ? name : `${name}#${hash}`} search={q} onSearch={(text) => setSearch({ q: text })} onOpen={open} /></div>
        {name !== '' && headings.length > 2 && (
          <nav className={`${classes['contents']} no-print`} aria-label={t`On this page`}>
            <h2>{t`On this page`}</h2>
            <ul lang="en">{headings.map(({ id, text }) => <li key={id}><a href={`#${id}`}>{text}</a></li>)}</ul>
          </nav>
        )}
      </div>
    </Page>
  )
}

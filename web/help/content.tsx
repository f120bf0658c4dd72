import { useLingui } from '@lingui/react/macro'
import { Loader, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconMapQuestion, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { language } from '../i18n.ts'
import { EmptyState } from '../parts/empty-state.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { Article, HelpLink, type Open } from './article.tsx'
import { findPages } from './find.ts'
import classes from './help.module.css'
import { aboutPage, loadPage, loadTexts, relatedTo } from './pages.ts'

/** `undo#late-entries` is the page `undo`, at that part. */
function readAddress(address: string): { readonly name: string; readonly part: string | null } {
  const [name = '', part] = address.split('#')
  return { name, part: part ?? null }
}

/** What the page at an address of the help is called. */
export function useTitleOf(address: string): string {
  const { t } = useLingui()
  const { name } = readAddress(address)
  return name === '' ? t`Help` : aboutPage(name)?.title ?? t`There is no such page`
}

export interface HelpContentProps {
  /** `lots`, `undo#late-entries`; the first page, which has the search, is ''. */
  readonly address: string
  readonly search: string
  readonly onSearch: (text: string) => void
  readonly onOpen: Open
}

/** A page of the help without its title: the same as a page and beside another. */
export function HelpContent({ address, search, onSearch, onOpen }: HelpContentProps) {
  const { t } = useLingui()
  const { name, part } = readAddress(address)
  const page = useQuery({ queryKey: ['help', name], queryFn: () => loadPage(name), enabled: aboutPage(name) !== null, staleTime: Infinity })
  const related = name === '' ? [] : relatedTo(name).slice(0, 6)
  if (aboutPage(name) === null) return <EmptyState icon={<IconMapQuestion size={28} />} title={t`There is no such page`} action={<HelpLink to="" onOpen={onOpen}>{t`All of the help`}</HelpLink>}>{t`The help has no page of this name.`}</EmptyState>
  return (
    <>
      {name === '' && <Search search={search} onSearch={onSearch} onOpen={onOpen} />}
      <ProblemAlert problem={page.error} onRetry={() => void page.refetch()} />
      {page.data !== undefined && (name !== '' || search.trim() === '') && <Article page={page.data} part={part} isIndex={name === ''} onOpen={onOpen} />}
      {related.length > 0 && page.data !== undefined && (
        <nav className={`${classes['related']} no-print`} aria-label={t`Related`}>
          <h2>{t`Related`}</h2>
          <ul>{related.map((one) => <li key={one.name}><HelpLink to={one.name} onOpen={onOpen}>{one.title}</HelpLink></li>)}</ul>
          <HelpLink to="" onOpen={onOpen}>{t`All of the help`}</HelpLink>
        </nav>
      )}
      {language() !== 'en' && <p className="dim">{t`The help is written in English.`}</p>}
    </>
  )
}

function Search({ search, onSearch, onOpen }: Pick<HelpContentProps, 'search' | 'onSearch' | 'onOpen'>) {
  const { t } = useLingui()
  const [typed] = useDebouncedValue(search.trim(), 120)
  const texts = useQuery({ queryKey: ['help'], queryFn: loadTexts, enabled: typed !== '', staleTime: Infinity })
  const found = texts.data === undefined ? null : findPages(texts.data, typed)
  return (
    <search className={classes['search'] ?? ''}>
      <TextInput type="search" size="md" aria-label={t`Search the help`} placeholder={t`What do you want to do?`} value={search} onChange={({ currentTarget: { value } }) => onSearch(value)} leftSection={texts.isFetching ? <Loader size={16} /> : <IconSearch size={18} aria-hidden />} />
      <ProblemAlert problem={texts.error} onRetry={() => void texts.refetch()} />
      <div role="status">
        {typed !== '' && found !== null && (found.length === 0
          ? <p className="dim">{t`Nothing in the help has “${typed}”. Try fewer words, or a shorter one.`}</p>
          : <span className="visually-hidden">{t`${found.length} pages`}</span>)}
      </div>
      {typed !== '' && found !== null && found.length > 0 && (
        <ul className={classes['found']}>
          {found.map(({ name, title, line, part }) => <li key={name}><HelpLink to={part === null ? name : `${name}#${part}`} onOpen={onOpen}>{title}</HelpLink><p>{line}</p></li>)}
        </ul>
      )}
    </search>
  )
}

import type { Searched } from './pages.ts'

/** All that a search of the help looks through: loaded when somebody searches. */
export const texts: readonly Searched[] = Object.values(
  import.meta.glob<Searched>(['../../docs/guide/*.md', '../../docs/api/*.md', '../../GLOSSARY.md', '../../REFUSALS.md'], { import: 'default', query: '?text', eager: true }),
)

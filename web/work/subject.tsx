import { Link } from '@tanstack/react-router'
import { Code } from '../parts/code.tsx'
import { useLingui } from '@lingui/react/macro'

/** What a hold or an exception is on, leading there. */
export function Subject({ subject, subjectId, which }: { readonly subject: string; readonly subjectId: string; readonly which: string | null }) {
  const { t } = useLingui()
  const name = which === null ? t`no lot` : <Code value={which} plain />
  switch (subject) {
    case 'lot': return <Link to="/lots/$lotId" params={{ lotId: subjectId }}>{name}</Link>
    case 'unit': return <Link to="/units/$unitId" params={{ unitId: subjectId }}>{name}</Link>
    case 'plate': return <Link to="/plates/$plateId" params={{ plateId: subjectId }}>{name}</Link>
    case 'place': return <Link to="/places/$placeId" params={{ placeId: subjectId }}>{name}</Link>
    case 'product': return <Link to="/products/$productId" params={{ productId: subjectId }}>{name}</Link>
    case 'family': return <Link to="/lots" search={{ family: subjectId }}>{name}</Link>
    default: return <>{name}</>
  }
}

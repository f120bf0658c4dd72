import { useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'

/** A record that an import made, by its name. */
export function RecordLink({ kind, id, name }: { readonly kind: string; readonly id: string; readonly name: string | null }) {
  const { t } = useLingui()
  const paths: Readonly<Record<string, string>> = { movement: '/movements/', product: '/products/', lot: '/lots/', place: '/places/', party: '/parties/', plate: '/plates/' }
  const path = paths[kind]
  const text = <span className="code">{name ?? (kind === 'movement' ? t`Movement ${id.slice(-6)}` : id)}</span>
  return path === undefined ? text : <Link to={`${path}${id}`}>{text}</Link>
}

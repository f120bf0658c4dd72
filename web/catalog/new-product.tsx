import { useLingui } from '@lingui/react/macro'
import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useFilters } from '../search.ts'
import { useMay } from '../session/me.ts'
import { useKeys } from '../shell/keys.ts'

/** The button; the dialog stands in the address of the products, `?new=product`. */
export function NewProduct() {
  const { t } = useLingui()
  const may = useMay()
  const { setSearch } = useFilters()
  const open = (): void => setSearch({ new: 'product' })
  useKeys(may('catalog.write') ? { n: open } : {})
  return may('catalog.write') ? <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>{t`New product`}</Button> : null
}

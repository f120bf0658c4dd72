import { useLingui } from '@lingui/react/macro'
import { Button, Group } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { ProductPick } from '../parts/pick.tsx'
import { ProblemAlert } from '../parts/problem.tsx'
import { useCommand } from '../queries.ts'
import type { Candidate } from '../scan/resolve.ts'
import { useMay } from '../session/me.ts'
import { subjectName } from '../words.ts'
import classes from './doing.module.css'
import type { Open } from './use-scan-in.tsx'

const NewProductDialog = lazy(() => import('../catalog/new-product-dialog.tsx'))

/** A scan that waits for an answer, in the form itself: which one it is, or what the code of the label is to lead to. */
export default function Question({ open: { candidates, gtin }, onChoose, onAgain, onDismiss }: { readonly open: Open; readonly onChoose: (candidate: Candidate) => void; readonly onAgain: () => void; readonly onDismiss: () => void }) {
  const { t } = useLingui()
  return (
    <div className={classes['question']} role="group" aria-label={t`About the scan`}>
      {candidates.length > 0 && (
        <div className={classes['answers']}>
          {candidates.map((candidate) => (
            <Button key={candidate.id} variant="default" h="auto" mih={44} py={4} onClick={() => onChoose(candidate)}>
              <span><span className="code">{candidate.code ?? candidate.title}</span> <span className="dim">{[subjectName(candidate.kind), candidate.title === candidate.code ? null : candidate.title, candidate.detail].filter(Boolean).join(' · ')}</span></span>
            </Button>
          ))}
        </div>
      )}
      {gtin !== null && <UnknownGtin gtin={gtin} onAgain={onAgain} />}
      <div><Button size="compact-sm" variant="subtle" onClick={onDismiss}>{t`Leave it`}</Button></div>
    </div>
  )
}

/** A label whose product is not known: it is one of ours from now on, or a new one is made. */
function UnknownGtin({ gtin, onAgain }: { readonly gtin: string; readonly onAgain: () => void }) {
  const { t } = useLingui()
  const may = useMay()
  const link = useCommand('POST /products/:productId/aliases')
  const [product, setProduct] = useState<string | null>(null)
  const [isNew, setNew] = useState(false)
  if (!may('catalog.write')) return <span>{t`Ask somebody who may change products to give one of them this GTIN.`}</span>
  const add = (productId: string): void => link.mutate({ params: { productId }, body: { scheme: 'gtin', code: gtin } }, { onSuccess: onAgain })
  return (
    <>
      <Group align="flex-end" gap="xs">
        <div className={classes['grow']}><ProductPick label={t`It is the GTIN of`} value={product} onChange={setProduct} /></div>
        <Button variant="default" disabled={product === null} loading={link.isPending} onClick={() => product !== null && add(product)}>{t`From now on`}</Button>
        <Button variant="default" onClick={() => setNew(true)}>{t`A new product`}</Button>
      </Group>
      <ProblemAlert problem={link.error} />
      <Suspense>{isNew && <NewProductDialog gtin={gtin} onClose={() => setNew(false)} onMade={onAgain} />}</Suspense>
    </>
  )
}

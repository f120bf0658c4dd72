import { useLingui } from '@lingui/react/macro'
import { IconUpload } from '@tabler/icons-react'
import { useRef, useState, type DragEvent, type ReactNode } from 'react'
import classes from './imports.module.css'

/** A field for a file that a file can also be dropped on; by keyboard and screen reader it is the field it is. */
export function DropZone({ onFile, children, compact = false }: { readonly onFile: (file: File) => void; readonly children: ReactNode; readonly compact?: boolean }) {
  const { t } = useLingui()
  const [isOver, setOver] = useState(false)
  const depth = useRef(0)
  // the zone is entered and left with each thing in it
  const enter = (event: DragEvent, step: 1 | -1): void => {
    event.preventDefault()
    depth.current += step
    setOver(depth.current > 0)
  }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    depth.current = 0
    setOver(false)
    const [file] = event.dataTransfer.files
    if (file) onFile(file)
  }
  return (
    <label className={classes['drop']} data-over={isOver || undefined} data-compact={compact || undefined} onDragEnter={(event) => enter(event, 1)} onDragLeave={(event) => enter(event, -1)} onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <span className={classes['dropIcon']} aria-hidden><IconUpload size={compact ? 18 : 26} stroke={1.6} /></span>
      <span className={classes['dropText']}>{children}</span>
      <input type="file" className="visually-hidden" accept=".csv,.tsv,.tab,.txt,.text,text/csv,text/tab-separated-values,text/plain" aria-label={t`File to import`}
        onChange={({ currentTarget: input }) => {
          const [file] = input.files ?? []
          // the same file can be chosen again after it was mended
          input.value = ''
          if (file) onFile(file)
        }} />
    </label>
  )
}

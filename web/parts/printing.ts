import { useEffect, useState } from 'react'
import { flushSync } from 'react-dom'

/** When what is on the screen is being printed: its time; null while it is not. What draws only what is in sight then draws all of it. */
export function usePrinting(): Date | null {
  const [at, setAt] = useState<Date | null>(null)
  useEffect(() => {
    // the browser lays the paper out as soon as this returns
    const before = (): void => flushSync(() => setAt(new Date()))
    const after = (): void => setAt(null)
    addEventListener('beforeprint', before)
    addEventListener('afterprint', after)
    return () => {
      removeEventListener('beforeprint', before)
      removeEventListener('afterprint', after)
    }
  }, [])
  return at
}

/** Paper is light: whatever the theme, what is printed is dark on white. */
export function listenToPrinting(): void {
  const root = document.documentElement
  let scheme: string | undefined
  addEventListener('beforeprint', () => {
    scheme = root.dataset['mantineColorScheme']
    root.dataset['mantineColorScheme'] = 'light'
  })
  addEventListener('afterprint', () => {
    if (scheme !== undefined) root.dataset['mantineColorScheme'] = scheme
  })
}

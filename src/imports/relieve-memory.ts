import { memoryUsage } from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let collect: (() => void) | undefined

/**
 * Has garbage collected where the heap has grown beyond so many megabytes. V8 lets garbage grow to a multiple of what is
 * alive before it looks: an import of 50,000 rows has 80 MB alive and would let the process grow beyond 600 MB. For long
 * pieces of work, between their parts; a collection takes some 50 ms.
 */
export function relieveMemory(megabytes: number): void {
  if (memoryUsage().heapUsed < megabytes * 1024 * 1024) return
  if (collect === undefined) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  collect()
}

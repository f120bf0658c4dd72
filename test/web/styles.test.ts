import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '..', '..')

test('every component of Mantine that a page uses has its style sheet in web/mantine.css', () => {
  const sources = globSync('web/**/*.{ts,tsx}', { cwd: root, exclude: (name) => name.includes('dist') })
  const used = new Set(sources.flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)].flatMap(([, names = '']) => names.split(',').map((name) => name.trim().replace(/^type /, '')))))
  const sheets = readFileSync(join(root, 'web', 'mantine.css'), 'utf8')
  const missing = [...used].filter((name) => existsSync(join(root, 'node_modules/@mantine/core/styles', `${name}.layer.css`)) && !sheets.includes(`/${name}.layer.css'`))
  expect(used.size).toBeGreaterThan(20)
  expect(missing).toEqual([])
})

import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { refusals } from '#src/lib/refusals.ts'
import { refusals as german } from '../../web/locales/refusals.de.ts'

const root = resolve(import.meta.dirname, '..', '..')

test('the catalogues hold every sentence of the sources, and German leaves none out', () => {
  const fresh = extractAgain()
  const english = entries(join(root, 'web', 'locales', 'en.po'))
  const ours = entries(join(root, 'web', 'locales', 'de.po'))
  // npm run i18n puts these right
  expect({ missing: [...fresh.keys()].filter((id) => !english.has(id)), left: [...english.keys()].filter((id) => !fresh.has(id)) }).toEqual({ missing: [], left: [] })
  expect([...english.keys()].filter((id) => (ours.get(id) ?? '') === '')).toEqual([])
})

test('a German refusal has the values of the English one', () => {
  const values = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort()
  const wrong = (Object.keys(refusals) as (keyof typeof refusals)[]).filter((code) =>
    (['sentence', 'next'] as const).some((part) => values(german[code][part]).join() !== values(refusals[code][part]).join()))
  expect(wrong).toEqual([])
})

/** What an extraction finds now, made on a copy: a test writes nothing into the sources. */
function extractAgain(): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'lotwise-i18n-'))
  try {
    cpSync(join(root, 'web'), join(folder, 'web'), { recursive: true, filter: (path) => !/[/\\]dist(?:\.|$|[/\\])/.test(path) })
    cpSync(join(root, 'package.json'), join(folder, 'package.json'))
    cpSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    execFileSync(process.execPath, [join(root, 'node_modules', '@lingui', 'cli', 'dist', 'lingui.js'), 'extract', '--config', 'web/lingui.config.ts', '--clean'], { cwd: folder, stdio: 'pipe' })
    return entries(join(folder, 'web', 'locales', 'en.po'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Message by id, of a .po file as our extraction writes it. */
function entries(file: string): Map<string, string> {
  const text = (quoted: string): string => [...quoted.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, part = '']) => part).join('')
  const all = [...readFileSync(file, 'utf8').matchAll(/^msgid ((?:"(?:[^"\\]|\\.)*"\n?)+)msgstr ((?:"(?:[^"\\]|\\.)*"\n?)+)/gm)]
  return new Map(all.map(([, id = '', message = '']) => [text(id), text(message)] as const).filter(([id]) => id !== ''))
}

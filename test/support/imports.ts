import { readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'

/** The repository. */
export const root = resolve(import.meta.dirname, '..', '..')

export interface Import {
  readonly file: string
  /** As written. */
  readonly specifier: string
  /** The file it leads to, from the root; undefined: a package or a part of Node. */
  readonly target: string | undefined
}

/** Every import of a file: static, of types, exported again, dynamic. */
export function importsOf(file: string): Import[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true)
  return importedFiles.map(({ fileName: specifier }) => ({ file, specifier, target: targetOf(file, specifier) }))
}

function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('#src/')) return `src/${specifier.slice('#src/'.length)}`
  if (!specifier.startsWith('.')) return undefined
  return relative(root, resolve(root, dirname(file), specifier)).replaceAll('\\', '/')
}

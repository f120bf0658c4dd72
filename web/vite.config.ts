import { join } from 'node:path'
import { transformAsync } from '@babel/core'
import macros from '@lingui/babel-plugin-lingui-macro'
import { getConfig } from '@lingui/conf'
import { lingui } from '@lingui/vite-plugin'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { helpPages } from './help/pages-plugin.ts'

// found beside this file, wherever the server is started from
const configPath = join(import.meta.dirname, 'lingui.config.ts')
const linguiConfig = getConfig({ configPath })

/** Stands in the built page where the server puts a nonce of its own into every answer. */
export const NONCE = 'lotwise-nonce'

/**
 * Turns `t` and `<Trans>` into look-ups in the catalogue. Lingui's own transform is native and asks for Node 22, so npm
 * on an older one leaves it out of `npm ci`, and the first start would fail; Babel runs everywhere. The English sentence
 * stays beside its id: what a catalogue does not have yet is said in English.
 */
function linguiMacros(): Plugin {
  return {
    name: 'lingui-macros',
    enforce: 'pre',
    transform: {
      filter: { id: /web\/.*\.tsx?$/, code: /@lingui\/(?:core|react)\/macro/ },
      async handler(code, id) {
        const result = await transformAsync(code, { filename: id, plugins: [[macros, { linguiConfig, descriptorFields: 'message' }]], parserOpts: { plugins: ['jsx', 'typescript'] }, configFile: false, babelrc: false, sourceMaps: true })
        return result?.code == null ? null : { code: result.code, map: result.map ?? null }
      },
    },
  }
}

/** Of English only plural forms and the like stay in the catalogue: any other sentence stands in the code already (i18n.ts). */
function englishPatterns(): Plugin {
  return {
    name: 'english-patterns',
    enforce: 'post',
    transform: {
      filter: { id: /locales\/en\.po$/ },
      async handler(code) {
        const { messages } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { messages: Record<string, readonly unknown[]> }
        const patterns = Object.entries(messages).filter(([, parts]) => parts.some((part) => Array.isArray(part) && part.length > 1))
        return { code: `export const messages = JSON.parse(${JSON.stringify(JSON.stringify(Object.fromEntries(patterns)))})`, map: null }
      },
    },
  }
}

/** The web app: `lotwise serve` builds it where that is due; `npm run dev` serves it as it is edited, beside a server on port 3000. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [linguiMacros(), react(), lingui({ configPath }), englishPatterns(), helpPages()],
  html: { cspNonce: NONCE },
  build: {
    target: 'es2023',
    emptyOutDir: true,
    // nothing may stand inline: the policy of our pages forbids it
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:3000', '/metrics': 'http://127.0.0.1:3000' } },
})

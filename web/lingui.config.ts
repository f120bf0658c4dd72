import { defineConfig } from '@lingui/cli'
import { formatter } from '@lingui/format-po'

/** `npm run i18n` reads every sentence out of the sources into the catalogues; what is new is empty in those of other languages. */
export default defineConfig({
  sourceLocale: 'en',
  locales: ['en', 'de'],
  catalogs: [{ path: '<rootDir>/locales/{locale}', include: ['<rootDir>'], exclude: ['**/dist/**', '**/*.test.*'] }],
  format: formatter({ lineNumbers: false }),
  orderBy: 'message',
})

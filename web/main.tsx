import './app.css'
import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { setNonce } from 'get-nonce'
import { lazy, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { preferredLanguage, speak } from './i18n.ts'
import { listenToPrinting } from './parts/printing.ts'
import { queryClient } from './queries.ts'
import { router } from './router.tsx'
import { theme } from './theme.ts'

// the policy of our pages lets in only style sheets that bear this answer's nonce: Mantine's, and those that lock scrolling behind a dialog
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
setNonce(nonce)

await speak(preferredLanguage())
listenToPrinting()

const Toasts = lazy(() => import('./parts/toasts.tsx'))

const root = document.getElementById('root')
if (root === null) throw new Error('the page has no root')
createRoot(root).render(
  <I18nProvider i18n={i18n}>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <QueryClientProvider client={queryClient}>
        <Suspense><Toasts /></Suspense>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </I18nProvider>,
)

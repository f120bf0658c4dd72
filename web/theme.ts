import { createTheme, type MantineColorsTuple } from '@mantine/core'

/** Petrol: calm for eight hours, and dark enough from shade 6 on for white text (WCAG AA). */
const petrol: MantineColorsTuple = ['#e9f6f5', '#d3e9e8', '#a6d2d0', '#76bab7', '#4fa6a3', '#379997', '#1f8280', '#0f6f6e', '#0b5f60', '#064c4d']
/** Red of the same depth, with white text on it from shade 6 on too. */
const red: MantineColorsTuple = ['#fdf0ef', '#fbdedc', '#f3b6b2', '#ea8b85', '#e16760', '#d94e46', '#c0392f', '#a3221c', '#981e18', '#8c1a14']
/** Grays with a breath of the petrol in them, so that nothing looks bluish beside it. */
const gray: MantineColorsTuple = ['#f7f9f9', '#eff2f2', '#e4e9e9', '#d6dddd', '#bcc6c6', '#93a0a0', '#667373', '#4c5858', '#333e3e', '#1d2626']
const dark: MantineColorsTuple = ['#d5dddd', '#b4bfbf', '#97a3a3', '#6a7777', '#3f4b4b', '#313c3c', '#273131', '#1b2424', '#151d1d', '#0f1616']

export const theme = createTheme({
  colors: { petrol, red, gray, dark },
  primaryColor: 'petrol',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.32,
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'Atkinson Hyperlegible Mono', ui-monospace, monospace",
  headings: {
    fontFamily: "'Inter Variable', system-ui, sans-serif",
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.25' },
      h2: { fontSize: '1.0625rem', lineHeight: '1.35' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.3' },
  radius: { xs: '3px', sm: '5px', md: '8px', lg: '12px', xl: '20px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    // the element it would focus first may not stand in a menu (ARIA); without it that is the first item
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Modal: { defaultProps: { centered: false, radius: 'md' } },
    InputWrapper: { defaultProps: { withAsterisk: false } },
    ModalOverlay: { defaultProps: { backgroundOpacity: 0.35 } },
    Button: { defaultProps: { size: 'sm' } },
  },
})

import { useMediaQuery } from '@mantine/hooks'

/** True where the screen is a phone's, as in the style sheets. */
export function usePhone(): boolean {
  return useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false })
}

import { TextInput, type TextInputProps } from '@mantine/core'
import { useId } from 'react'

/** A text field that suggests what there is already, with the browser's own list; anything else may be typed. */
export function SuggestInput({ suggestions, ...props }: TextInputProps & { readonly suggestions: readonly string[] }) {
  const list = useId()
  return (
    <>
      <TextInput {...props} list={list} autoComplete="off" />
      <datalist id={list}>{suggestions.map((one) => <option key={one} value={one} />)}</datalist>
    </>
  )
}

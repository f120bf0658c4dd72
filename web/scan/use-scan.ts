import { useScanLayer } from '../shell/keys.ts'

/**
 * Takes what a wedge scanner types, anywhere on the screen: `useScan((text) => void ...)`. The innermost handler that is
 * mounted gets a scan, and it alone: a form's before its page's, a dialog's before the form's behind it, the shell's last
 * (which opens what was scanned). While a text field has the focus a scan is typed into it, Enter included, as if by hand;
 * where a form wants scans for itself whatever field has the focus, it carries `data-scan`: `<form data-scan>`, or
 * `<TextInput data-scan>` for one field. The field is then left as it was before the scan.
 */
export function useScan(handler: (text: string) => void): void {
  useScanLayer(handler)
}

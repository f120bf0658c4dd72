import { Notifications } from '@mantine/notifications'

/** Where what is done is said; loaded beside the page, since nothing is said before somebody did something. */
export default function Toasts() {
  return <Notifications position="bottom-center" autoClose={6000} />
}

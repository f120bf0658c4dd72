import { Button, type ButtonProps } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { ComponentProps } from 'react'
import classes from './parts.module.css'

/** A link that looks like a button, with the typed addresses of Link: `<ButtonLink to="/products" search={{ new: 'product' }}>`. */
export const ButtonLink = createLink((props: ButtonProps & Omit<ComponentProps<'a'>, keyof ButtonProps>) => <Button component="a" {...props} className={`${classes['buttonLink']} ${props.className ?? ''}`} />)

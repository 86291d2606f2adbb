import {Chalk} from 'chalk'

/**
 * Colours of what is printed on stdout. FORCE_COLOR decides where it is set; else NO_COLOR (https://no-color.org), which chalk
 * itself does not ask, turns them off; else it depends on what stdout is.
 */
export const colour = new Chalk(process.env.NO_COLOR && process.env.FORCE_COLOR === undefined ? {level: 0} : {})

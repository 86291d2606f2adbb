// What every page does beyond its HTML. Without it all of this is still possible, with more clicks.

const menus = () => document.querySelectorAll('details.menu[open]')

document.addEventListener('click', ({target}) => {
  for (const menu of menus()) if (!menu.contains(target)) menu.open = false
})

document.addEventListener('keydown', (event) => {
  const [menu] = menus()
  if (menu === undefined) return
  const summary = menu.querySelector('summary')
  if (event.key === 'Escape') {
    menu.open = false
    summary.focus()
    return
  }
  if (!menu.contains(document.activeElement)) return
  const items = [...menu.querySelectorAll('.menu-body a, .menu-body button')]
  const at = items.indexOf(document.activeElement)
  const to = {ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1}[event.key]
  if (to === undefined) return
  event.preventDefault()
  items.at(to >= items.length ? 0 : to)?.focus()
})

// Whoever leaves a menu with Tab has left it.
document.addEventListener('focusin', ({target}) => {
  for (const menu of menus()) if (!menu.contains(target)) menu.open = false
})

/** On a narrow screen the navigation is longer than the page is wide. */
function showCurrent() {
  document.querySelector('.nav [aria-current]')?.scrollIntoView({block: 'nearest', inline: 'center'})
}

addEventListener('resize', showCurrent)

function settle() {
  showCurrent()
  // A notice belongs to what was just done, not to the address.
  const address = new URL(location.href)
  if (address.searchParams.has('done')) {
    address.searchParams.delete('done')
    address.searchParams.delete('of')
    history.replaceState(history.state, '', address)
  }
}

// A page that came by a link replaces the whole body: whoever uses a keyboard or a screen reader goes on from its heading.
document.addEventListener('htmx:after:swap', ({detail}) => {
  if (detail.ctx.target !== document.body || detail.ctx.swap === 'none') return
  settle()
  if (document.querySelector('[autofocus]') === null) document.getElementById('main')?.focus({preventScroll: true})
})

// What somebody wrote must not vanish because the server did not answer, or does not know them any more.
function trouble(status) {
  for (const id of ['trouble', 'signed-out']) {
    const notice = document.getElementById(id)
    if (notice === null) continue
    notice.hidden = (id === 'signed-out') !== (status === 401)
    if (!notice.hidden) notice.scrollIntoView({block: 'nearest'})
  }
}

document.addEventListener('htmx:error', () => trouble())
document.addEventListener('htmx:response:error', ({detail}) => {
  const {status} = detail.ctx.response
  if (status === 401 || status >= 500) trouble(status)
})
document.addEventListener('mh:trouble', ({detail}) => trouble(detail.status))

settle()

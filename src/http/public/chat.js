// Shows an answer while it comes. Without it the form is sent as any other, and the page comes back with the whole answer.

document.addEventListener('submit', (event) => {
  const form = event.target
  if (!form.matches('form[data-chat]')) return
  event.preventDefault()
  if (form.message.value.trim() !== '' && !form.matches('.busy')) ask(form)
})

// Enter sends, Shift+Enter begins a line; while a word is being composed (Japanese, Chinese) Enter takes it.
document.addEventListener('keydown', (event) => {
  const form = event.target.form
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || !form?.matches('form[data-chat]')) return
  event.preventDefault()
  form.requestSubmit()
})

async function ask(form) {
  const body = new URLSearchParams(new FormData(form))
  const message = form.message.value
  const turn = document.getElementById('new-turn').content.cloneNode(true).firstElementChild
  const answer = turn.querySelector('.answered')
  turn.querySelector('.said').textContent = message
  const turns = document.getElementById('turns')
  turns.querySelector('.empty')?.remove()
  turns.append(turn)
  turns.setAttribute('aria-busy', 'true')
  form.message.value = ''
  form.classList.add('busy')
  turn.scrollIntoView({block: 'end'})

  const stopping = new AbortController()
  const stop = form.querySelector('[data-stop]')
  stop.hidden = false
  stop.onclick = () => stopping.abort()
  // Whoever goes to another page meanwhile has stopped it, too.
  const gone = setInterval(() => form.isConnected || stopping.abort(), 500)

  try {
    const response = await fetch(form.action, {
      method: 'POST',
      body,
      headers: {accept: 'text/event-stream'},
      signal: stopping.signal
    })
    if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
      // Signed out, or refused before anything began.
      form.message.value = message
      turn.remove()
      document.dispatchEvent(new CustomEvent('mh:trouble', {detail: {status: response.status}}))
      return
    }
    let text = ''
    for await (const {event, data} of eventsOf(response.body)) {
      if (event === 'session') useSession(form, data.session)
      if (event === 'delta') {
        text += data.text
        answer.className = 'answered streaming'
        answer.textContent = text
        keepInView(turn)
      }
      if (event === 'done') {
        turn.outerHTML = data.html
        const shown = turns.lastElementChild
        htmx.process(shown)
        keepInView(shown)
        // A new conversation stands in the list from now on.
        htmx.ajax('GET', location.href, {target: '#sessions', select: '#sessions', swap: 'outerHTML'})
      }
      if (event === 'error') {
        if (text === '') form.message.value = message
        answer.classList.remove('waiting')
        answer.insertAdjacentHTML(text === '' ? 'afterbegin' : 'beforeend', data.html)
      }
    }
  } catch {
    answer.classList.remove('waiting', 'streaming')
    const note = document.createElement('p')
    note.className = 'muted small'
    note.textContent = stopping.signal.aborted ? 'Stopped.' : 'The connection was lost. Try again.'
    answer.append(note)
    if (!stopping.signal.aborted && form.message.value === '') form.message.value = message
  } finally {
    clearInterval(gone)
    stop.hidden = true
    form.classList.remove('busy')
    turns.removeAttribute('aria-busy')
    if (form.isConnected) form.message.focus()
  }
}

/** What comes next belongs to this conversation, also after the page was loaded again. */
function useSession(form, session) {
  form.session.value = session
  const address = new URL(location.href)
  address.searchParams.set('session', session)
  history.replaceState(history.state, '', address)
}

function keepInView(turn) {
  const near = document.documentElement.scrollHeight - innerHeight - scrollY < 240
  if (near) turn.scrollIntoView({block: 'end'})
}

/** The events of a stream (text/event-stream), each with its data as parsed JSON. */
async function* eventsOf(stream) {
  let rest = ''
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    rest += piece
    const blocks = rest.split('\n\n')
    rest = blocks.pop()
    for (const block of blocks) {
      const lines = block.split('\n')
      const value = (name) =>
        lines
          .filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.slice(name.length + 1).replace(/^ /, ''))
          .join('\n')
      const data = value('data')
      if (data !== '') yield {event: value('event'), data: JSON.parse(data)}
    }
  }
}

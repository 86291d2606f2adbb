export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/**
 * Bash takes words apart at colons and equals signs, which none of the candidates has. Where there is no candidate, bash offers files
 * (`-o default`).
 */
const BASH = `_mh_complete() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("$(printf '%q' "\${line%%$'\\t'*}")")
  done < <(command mh complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null </dev/null)
}
complete -o default -F _mh_complete mh`

const ZSH = `_mh_complete() {
  local line
  local -a values shown
  while IFS= read -r line; do
    values+=("\${line%%$'\\t'*}")
    shown+=("\${line%%$'\\t'*}  \${line#*$'\\t'}")
  done < <(command mh complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null </dev/null)
  if (( \${#values} )); then
    compadd -l -d shown -a values
  else
    _files
  fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _mh_complete mh`

const FISH = `function __mh_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found (command mh complete -- $words[2..-1] 2>/dev/null </dev/null)
    if set -q found[1]
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c mh -e
complete -c mh -f -a '(__mh_complete)'`

/** What each shell runs once, so that Tab asks `mh complete`. */
export const SHELL_SCRIPTS: Record<Shell, string> = {bash: BASH, zsh: ZSH, fish: FISH}
